// Causation: how long the chain is of events that each caused the next, by way of functions.

import type { AccountLogs } from "../account/account-log.ts";
import { accountNumberSchema } from "../account/commands.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { reachLog } from "../account/reach-log.ts";

/** Functions that set off each other without end are stopped here. */
export const MAX_CHAIN = 16;

/**
 * How many causes an event has behind it, the whole chain of them; counted up to `MAX_CHAIN`. Followed through the logs,
 * because what can be derived is not stored: an event that a person caused, which nearly all are, costs no read.
 */
export async function chainLength(logs: AccountLogs, event: RecordedAccountEvent): Promise<number> {
  let length = 0;
  for (let { causationId } = event.metadata; causationId !== null && length < MAX_CHAIN; length++) {
    const cause = addressOf(causationId);
    // An event of another service, which the chain began with.
    if (cause === null) return length + 1;
    const { events } = await reachLog(logs, cause.accountNumber, (log) => log.events(cause.version - 1, 1));
    causationId = events[0]?.metadata.causationId ?? null;
  }
  return length;
}

function addressOf(eventId: string): { readonly accountNumber: string; readonly version: number } | null {
  const [accountNumber, version, ...others] = eventId.split(":");
  if (others.length > 0 || !/^[1-9]\d*$/.test(version ?? "")) return null;
  const number = accountNumberSchema.safeParse(accountNumber);
  return number.success ? { accountNumber: number.data, version: Number(version) } : null;
}
