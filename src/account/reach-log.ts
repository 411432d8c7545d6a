// Reaching a log's owner, which a deploy or a crash may reset in mid-call.

import type { AccountLog, AccountLogs, LogSlice } from "./account-log.ts";
import { upcast } from "./upcast.ts";

/** A reset object is gone for an instant only: one fresh stub nearly always finds the new one. */
const MAX_ATTEMPTS = 3;

/**
 * The owner of the log could not be reached, or is overloaded, or the log can't be read. Whether a command was applied is
 * unknown.
 */
export class LogUnavailable extends Error {
  override readonly name = "LogUnavailable";
}

/**
 * Calls the owner of an account's log, again on a fresh stub where the platform says that a retry may succeed.
 * An overloaded owner is left alone. Throws `LogUnavailable`.
 * Source of the rule: Durable Objects documentation, "Error handling" (`.retryable`, `.overloaded`).
 */
export async function reachLog<Answer>(
  logs: AccountLogs,
  accountNumber: string,
  call: (log: AccountLog, retrying: boolean) => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(logs.getByName(accountNumber), attempt > 1);
    } catch (error) {
      if (attempt < MAX_ATTEMPTS && isWorthRetrying(error)) continue;
      throw new LogUnavailable(`The log of account ${accountNumber} can't be reached`, { cause: error });
    }
  }
}

/** A slice of a log, in today's shapes: its owner may run older code than its reader. Throws `LogUnavailable`. */
export async function readLog(
  logs: AccountLogs,
  accountNumber: string,
  after: number,
  limit: number,
): Promise<LogSlice> {
  const slice = await reachLog(logs, accountNumber, (log) => log.events(after, limit));
  try {
    return { ...slice, events: slice.events.map(upcast) };
  } catch (error) {
    // An upcaster met what it can't read. That is this account's trouble alone, as it is where the owner's own one does.
    throw new LogUnavailable(`The log of account ${accountNumber} can't be read`, { cause: error });
  }
}

/** A reset is not always marked as retryable, but a command's id makes it so. */
function isWorthRetrying(error: unknown): boolean {
  return (flag(error, "retryable") || flag(error, "durableObjectReset")) && !flag(error, "overloaded");
}

function flag(error: unknown, name: "retryable" | "durableObjectReset" | "overloaded"): boolean {
  return error instanceof Error && Reflect.get(error, name) === true;
}
