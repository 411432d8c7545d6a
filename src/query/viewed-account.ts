// How an account looks that a view shows: one that newer code wrote is shown too, so that no page waits for a deploy.

import { accountLinks, accountRepresentation } from "../http/representations.ts";
import { hasKnownStatus, type ViewedAccount } from "../views/accounts-view.ts";

/** A status that this code does not know is given as it stands, without commands: which are legal then, others know. */
export function viewedRepresentation(account: ViewedAccount): object {
  return hasKnownStatus(account)
    ? accountRepresentation(account)
    : { ...account, _links: accountLinks(account) };
}
