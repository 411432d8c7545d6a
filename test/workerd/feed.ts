// Events in the feed, as the processor's own transactions write them, but without a log behind them.

import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { writeSteps } from "../../src/processor/steps.ts";
import { readRows } from "../../src/views/accounts-view.ts";
import { MAX_CHUNK_EVENTS } from "../../src/views/feed-chunks.ts";

/** Adds the events in the order given; of one account they need not follow each other. The account's status stays pending. */
export async function addToFeed(views: D1Database, events: readonly RecordedAccountEvent[]): Promise<void> {
  for (const run of runsOf(events)) {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) continue;
    const { accountNumber } = first;
    const before = (await readRows(views, [accountNumber])).get(accountNumber) ?? null;
    const { userId = 1 } = first.data;
    const after = {
      accountNumber,
      userId: before?.userId ?? Number(userId),
      status: "ACCOUNT_PENDING" as const,
      defaultAccount: false,
      createdAt: before?.createdAt ?? first.createdAt,
      lastModified: last.createdAt,
      version: last.version,
    };
    const step = { accountNumber, before, feedPosition: before?.feedPosition ?? 0, events: run, after };
    await writeSteps(views, [step], null);
  }
}

/** Pieces that one chunk takes of one account. */
function runsOf(events: readonly RecordedAccountEvent[]): RecordedAccountEvent[][] {
  const runs: RecordedAccountEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last?.accountNumber === event.accountNumber && last.version + 1 === event.version;
    if (run !== undefined && follows && run.length < MAX_CHUNK_EVENTS) run.push(event);
    else runs.push([event]);
  }
  return runs;
}
