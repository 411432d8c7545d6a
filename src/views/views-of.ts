// Which views show something of an event.

import { ACCOUNT_STATUSES, type Account } from "../account/account.ts";
import type { AccountEventType } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";

export type ViewName = "accounts" | "feed" | "status-totals" | "users";

/** By the usual names of what the service that owns users tells. */
export const VIEWS_OF_USER_EVENTS: Readonly<Record<string, readonly ViewName[]>> = {
  "user.created": ["users"],
  "user.deleted": ["users"],
};

/** The totals follow the status alone, so whether an event moves them is what `evolve` says of it. */
export function viewsOf(type: AccountEventType): readonly ViewName[] {
  return movesStatus(type) ? ["accounts", "feed", "status-totals"] : ["accounts", "feed"];
}

function movesStatus(type: AccountEventType): boolean {
  if (type === "ACCOUNT_CREATED") return true;
  return ACCOUNT_STATUSES.some(
    (status) => evolve({ ...EXAMPLE, status }, { ...EVENT, type }).status !== status,
  );
}

const EXAMPLE: Account = {
  createdAt: 0,
  lastModified: 0,
  userId: 1,
  accountNumber: "example",
  defaultAccount: false,
  status: "ACCOUNT_PENDING",
  version: 1,
};

const EVENT = {
  id: "example:2",
  createdAt: 0,
  lastModified: 0,
  schema: 1,
  accountNumber: "example",
  version: 2,
  data: {},
  metadata: { commandId: "example", correlationId: "example", causationId: null, actor: "example" },
};
