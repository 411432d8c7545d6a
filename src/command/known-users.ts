// The foreign key from an account to its user, where it is asked for: no account is opened for a user who is not known.

import type { AccountLogs } from "../account/account-log.ts";
import { reachLog } from "../account/reach-log.ts";
import { logFailure } from "../http/log-line.ts";
import { type Problem, UNAVAILABLE } from "../http/problems.ts";
import { readUserStates, type UserState } from "../views/users.ts";
import type { AddressedCommand } from "./dispatch.ts";

export interface KnownUsersEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly OPERATIONS: D1Database;
  /** Set to anything but `false`, accounts are opened for known users only. */
  readonly REQUIRE_KNOWN_USER?: string;
}

/**
 * The commands, and in the place of each that would open an account for a user who is not known, or has left, its
 * problem. Where the account exists, its owner decides as ever: a create can't write there, and a key gets its first
 * reply. A user who leaves right after this look is dealt with like one who leaves right after the account was opened.
 */
export async function refuseUnknownUsers(
  env: KnownUsersEnv,
  commands: readonly (AddressedCommand | Problem)[],
): Promise<readonly (AddressedCommand | Problem)[]> {
  const required = env.REQUIRE_KNOWN_USER ?? "";
  if (required === "" || required === "false") return commands;
  const userIds = commands.map(ownerToBe).filter((userId) => userId !== null);
  if (userIds.length === 0) return commands;
  const states = readUserStates(env.OPERATIONS, userIds);
  return Promise.all(
    commands.map(async (command) => {
      const userId = ownerToBe(command);
      if (!("request" in command) || userId === null) return command;
      try {
        const state = (await states).get(userId) ?? "unknown";
        if (state === "known" || (await exists(env.ACCOUNT_LOGS, command.accountNumber))) return command;
        return unknownUser(userId, state);
      } catch (error) {
        // Who is known can't be told; commands on other accounts need not wait for it.
        logFailure(
          "unknown whether user is known",
          { traceId: command.request.metadata.correlationId, userId },
          error,
        );
        return UNAVAILABLE;
      }
    }),
  );
}

/** The user for whom a command would open an account; null for every other command. */
function ownerToBe(command: AddressedCommand | Problem): number | null {
  return "request" in command && command.request.command.type === "create"
    ? command.request.command.userId
    : null;
}

async function exists(logs: AccountLogs, accountNumber: string): Promise<boolean> {
  const { currentVersion } = await reachLog(logs, accountNumber, (log) => log.events(0, 1));
  return currentVersion > 0;
}

function unknownUser(userId: number, state: Exclude<UserState, "known">): Problem {
  const detail = state === "departed" ? `User ${userId} has left` : `No user ${userId} is known`;
  return { code: "unknown-user", detail };
}
