// Reading a run of an account's events without gaps: those that came by the queue, and the log's own where some did not.

import { type AccountLogs, MAX_LOG_SLICE } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { reachLog } from "../account/reach-log.ts";

/** The events after version `after` up to version `upTo`, in order. Throws where the log lacks one, or can't be reached. */
export async function readRun(
  logs: AccountLogs,
  accountNumber: string,
  known: ReadonlyMap<number, RecordedAccountEvent>,
  after: number,
  upTo: number,
): Promise<RecordedAccountEvent[]> {
  const run: RecordedAccountEvent[] = [];
  for (let version = after + 1; version <= upTo; version = after + run.length + 1) {
    const event = known.get(version);
    if (event === undefined) run.push(...(await readGap(logs, accountNumber, known, version, upTo)));
    else run.push(event);
  }
  return run;
}

/** From a version that is not known, up to the next that is; at most what the log answers at once. */
async function readGap(
  logs: AccountLogs,
  accountNumber: string,
  known: ReadonlyMap<number, RecordedAccountEvent>,
  from: number,
  upTo: number,
): Promise<readonly RecordedAccountEvent[]> {
  let count = 1;
  while (count < MAX_LOG_SLICE && from + count <= upTo && !known.has(from + count)) count += 1;
  const { currentVersion, events } = await reachLog(logs, accountNumber, (log) =>
    log.events(from - 1, count),
  );
  if (events.length === 0) {
    throw new Error(`${accountNumber}:${from} is not in the log, which ends at version ${currentVersion}`);
  }
  return events;
}
