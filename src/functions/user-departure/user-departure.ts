// When a user has left, every account of that user is closed.

import { defineFunction, MAX_COMMANDS } from "../../reactions/contract.ts";
import { listAccounts } from "../../views/account-list.ts";

interface UserDepartureEnv {
  readonly VIEWS: D1Database;
}

/** A place in the user's accounts, which later changes of an account never disturb. */
const PLACE = /^(?<createdAt>\d+) (?<accountNumber>.+)$/;

/**
 * Closes what the view has. An account that it does not have yet is closed by `onboarding`, which looks whether the user
 * has left only after the account is in the view: of the two, one sees the other.
 */
export const userDeparture = defineFunction({
  name: "user-departure",
  reactsTo: ["user.deleted"],
  sends: ["close"],
  async react({ VIEWS }: UserDepartureEnv, { event: { userId }, page }) {
    const { createdAt = "", accountNumber = "" } = PLACE.exec(page ?? "")?.groups ?? {};
    const after = page === null ? null : { createdAt: Number(createdAt), accountNumber };
    const { accounts, next } = await listAccounts(VIEWS, { userId }, after, MAX_COMMANDS);
    return {
      commands: accounts
        .filter(({ status }) => status !== "ACCOUNT_CLOSED")
        .map((account) => ({
          command: "close" as const,
          accountNumber: account.accountNumber,
          reason: "The user has left",
        })),
      ...(next === null ? {} : { next: `${next.createdAt} ${next.accountNumber}` }),
    };
  },
});
