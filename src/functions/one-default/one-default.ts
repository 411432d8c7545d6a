// A user has one default account: when an account becomes it, the user's others are cleared.

import { defineFunction, MAX_COMMANDS } from "../../reactions/contract.ts";
import { readNewestOfTypes } from "../../views/account-feed.ts";
import { listAccounts } from "../../views/account-list.ts";

interface OneDefaultEnv {
  readonly VIEWS: D1Database;
}

/** So many at a time: one of them is left. */
const MAX_ACCOUNTS = MAX_COMMANDS + 1;

/**
 * Two accounts may become default at once. The function is asked about each after that one is in the views, so whoever is
 * asked last sees both, and whoever is asked clears all but the newest, even the account that it was asked about. What it
 * sees may be old, so each command expects the version that was seen; where the account moved on, the function is asked
 * again, to look anew.
 */
export const oneDefault = defineFunction({
  name: "one-default",
  reactsTo: ["ACCOUNT_CREATED", "ACCOUNT_MADE_DEFAULT"],
  sends: ["clear-default"],
  async react({ VIEWS }: OneDefaultEnv, { event, account }) {
    if (event.type === "ACCOUNT_CREATED" && !account.defaultAccount) return { commands: [] };
    const { userId } = account;
    const { accounts, next } = await listAccounts(
      VIEWS,
      { userId, defaultAccount: true },
      null,
      MAX_ACCOUNTS,
    );
    // Most often there is one, and nothing to look up.
    if (accounts.length < 2) return { commands: [] };
    const defaults = await Promise.all(
      accounts.map(async (one) => ({
        ...one,
        at: await readNewestOfTypes(VIEWS, one, ["ACCOUNT_CREATED", "ACCOUNT_MADE_DEFAULT"]),
      })),
    );
    const [, ...older] = defaults.toSorted(
      (one, other) => other.at - one.at || (one.accountNumber < other.accountNumber ? 1 : -1),
    );
    return {
      commands: older.map(({ accountNumber, version }) => ({
        command: "clear-default" as const,
        accountNumber,
        expectedVersion: version,
        ifMoved: "ask-again" as const,
      })),
      ...(next === null ? {} : { next: "more" }),
    };
  },
});
