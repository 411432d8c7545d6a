// Evolving: what an event makes of an account. Views, snapshots and time travel are all this one fold.

import type { Account } from "./account.ts";
import { EVENT_DATA, isKnownEventType, type RecordedAccountEvent } from "./events.ts";

/** Raise it when `evolve` comes to mean something else: states folded by an older revision are then folded anew. */
export const EVOLVE_REVISION = 1;

/**
 * An event of a type that this code does not know moves the version and the time, and nothing else.
 * Throws on what no `decide` wrote: a version out of order, a first event that creates nothing, data of a wrong shape.
 */
export function evolve(account: Account | null, event: RecordedAccountEvent): Account {
  const version = account === null ? 0 : account.version;
  if (event.version !== version + 1) {
    throw new Error(`${event.id} can't follow version ${version}`);
  }
  if (account === null) {
    if (event.type !== "ACCOUNT_CREATED") throw new Error(`${event.id}: a log begins with ACCOUNT_CREATED`);
    const { userId, defaultAccount } = EVENT_DATA.ACCOUNT_CREATED.parse(event.data);
    return {
      createdAt: event.createdAt,
      lastModified: event.createdAt,
      userId,
      accountNumber: event.accountNumber,
      defaultAccount,
      status: "ACCOUNT_PENDING",
      version: 1,
    };
  }
  return { ...account, ...changes(event), lastModified: event.createdAt, version: event.version };
}

function changes(event: RecordedAccountEvent): Partial<Account> {
  const { type } = event;
  if (!isKnownEventType(type)) return {};
  switch (type) {
    case "ACCOUNT_CREATED":
      throw new Error(`${event.id}: an account is created once`);
    case "ACCOUNT_CONFIRMED":
      return { status: "ACCOUNT_CONFIRMED" };
    case "ACCOUNT_ACTIVATED":
      return { status: "ACCOUNT_ACTIVE" };
    case "ACCOUNT_SUSPENDED":
      return { status: "ACCOUNT_SUSPENDED" };
    case "ACCOUNT_ARCHIVED":
      return { status: "ACCOUNT_ARCHIVED" };
    case "ACCOUNT_CLOSED":
      // Closing a default account clears its default flag as part of the same event's meaning.
      return { status: "ACCOUNT_CLOSED", defaultAccount: false };
    case "ACCOUNT_MADE_DEFAULT":
      return { defaultAccount: true };
    case "ACCOUNT_DEFAULT_CLEARED":
      return { defaultAccount: false };
    default:
      return type satisfies never;
  }
}
