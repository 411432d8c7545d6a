// An account as it is now, from its log: also where the views are behind, or stand still because the account is parked.

import { useCallback } from "preact/hooks";
import type { FeedItem } from "../../http/representations.ts";
import type { Answer } from "./service.ts";
import { type Resource, useResource } from "./use-resource.ts";

/** An account as it was at a time is read from its log, and what is later than now is now. */
const LATER_THAN_NOW = Number.MAX_SAFE_INTEGER;

/** Read again after each of its events. Null is no account. */
export function usePresentAccount(accountNumber: string | null): Resource<Answer<"getAccount">> {
  const isOfAccount = useCallback((item: FeedItem) => item.accountNumber === accountNumber, [accountNumber]);
  const href =
    accountNumber === null ? null : `/v1/accounts/${encodeURIComponent(accountNumber)}?at=${LATER_THAN_NOW}`;
  return useResource<"getAccount">(href, { onEvent: isOfAccount });
}
