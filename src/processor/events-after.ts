// Reading an account's log from its owner, slice by slice.

import { type AccountLogs, MAX_LOG_SLICE } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { readLog } from "../account/reach-log.ts";

/** In order of version, to the newest. Throws `LogUnavailable`, and `UnreadableEvent` after the events before that one. */
export async function* eventsAfter(
  logs: AccountLogs,
  accountNumber: string,
  version: number,
): AsyncGenerator<RecordedAccountEvent> {
  for (let after = version; ; ) {
    const { currentVersion, events } = await readLog(logs, accountNumber, after, MAX_LOG_SLICE);
    yield* events;
    after = events.at(-1)?.version ?? currentVersion;
    if (after >= currentVersion) return;
  }
}
