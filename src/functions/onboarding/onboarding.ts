// A created account is confirmed and then activated, unaided. One that was created for a user who has left is closed.

import { defineFunction } from "../../reactions/contract.ts";
import { readUserState } from "../../views/users.ts";

interface OnboardingEnv {
  /** Where the users view lies. */
  readonly OPERATIONS: D1Database;
}

/**
 * Expecting the version of the event, each command counts only where nothing has happened to the account since: what a
 * person did meanwhile stands. Closing expects nothing, because whatever was done since, the user has left.
 */
export const onboarding = defineFunction({
  name: "onboarding",
  reactsTo: ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"],
  sends: ["confirm", "activate", "close"],
  async react({ OPERATIONS }: OnboardingEnv, { event, account }) {
    const { accountNumber, version } = event;
    if (event.type === "ACCOUNT_CONFIRMED") {
      return { commands: [{ command: "activate", accountNumber, expectedVersion: version }] };
    }
    const state = await readUserState(OPERATIONS, account.userId);
    if (state !== "departed") {
      return { commands: [{ command: "confirm", accountNumber, expectedVersion: version }] };
    }
    return { commands: [{ command: "close", accountNumber, reason: "The user has left" }] };
  },
});
