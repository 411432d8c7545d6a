// Repair: the one way to make an account's views what its log says. A gap, a parked account, a rebuild and a
// verification that mends are all this, over one account or over all.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import { type AccountRow, isMovedOn, isRefused, projectedAccount, readRows } from "../views/accounts-view.ts";
import { writeToFeed } from "../views/feed.ts";
import { registerAccounts } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { eventsAfter } from "./events-after.ts";
import { MAX_EVENTS_PER_STEP, writeSteps } from "./steps.ts";

/** An event that can't be applied: the account waits for a person, or for newer code, in front of it. */
export class Unprojectable extends Error {
  override readonly name = "Unprojectable";
  readonly version: number;

  constructor(version: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.version = version;
  }
}

/** Another writer may move the account on between our reading and our writing; it can't go on doing so for long. */
const MAX_ATTEMPTS = 10;

/**
 * Reads the account's log from its owner, folds it, and replaces the account's row, its part of the totals and what the
 * feed lacks, in one guarded transaction. `from` the `checkpoint`, the row is taken as the fold of the log that far,
 * and only what follows is read; from the `start`, nothing is taken on trust. Answers the version that the views are at.
 * Throws `Unprojectable`, having brought the views as far as the event before; a row that was further stays as it is.
 */
export async function repair(
  env: ProcessorEnv,
  accountNumber: string,
  from: "checkpoint" | "start",
): Promise<number> {
  const projectedAt = from === "checkpoint" ? Date.now() : null;
  let before = await readRow(env, accountNumber);
  const trusted = from === "checkpoint" && before !== null ? projectedAccount(before) : null;
  let state: Account | null = trusted;
  let failure: Unprojectable | null = null;
  let events: RecordedAccountEvent[] = [];
  for (let attempt = 1; ; attempt++) {
    // Where another writer moved the account on, its log has more by now, and what was folded so far stays good.
    for await (const event of eventsAfter(env.ACCOUNT_LOGS, accountNumber, state?.version ?? 0)) {
      try {
        state = evolve(state, event);
      } catch (error) {
        failure = new Unprojectable(event.version, error);
        break;
      }
      events.push(event);
      if (events.length < MAX_EVENTS_PER_STEP) continue;
      // A long log goes into the feed bit by bit, from its beginning, so that who else adds to it meets it in order; the
      // row, which queries read, changes once, at the end.
      await unlessRefused(event.version, writeToFeed(env.VIEWS, events, projectedAt).run());
      events = [];
    }
    // Read only now, so that little can come between it and the write, however long the log is.
    if (attempt > 1) before = await readRow(env, accountNumber);
    const isBehind = failure === null && before !== null && before.version > (state?.version ?? 0);
    if (attempt > 1 && isBehind && attempt < MAX_ATTEMPTS) continue;
    const isFurther = failure !== null && before !== null && before.version >= failure.version;
    const isUnchanged = isFurther || (state === trusted && (trusted !== null || before === null));
    if (isUnchanged) break;
    // A reader may have asked for it before any message of it came.
    if (before === null) await registerAccounts(env.OPERATIONS, [accountNumber]);
    try {
      const step = { accountNumber, before, events, after: state };
      const firstVersion = events[0]?.version ?? state?.version ?? 0;
      await unlessRefused(firstVersion, writeSteps(env.VIEWS, [step], projectedAt));
      break;
    } catch (error) {
      if (!isMovedOn(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
  if (failure !== null) throw failure;
  return state?.version ?? 0;
}

async function readRow(env: ProcessorEnv, accountNumber: string): Promise<AccountRow | null> {
  return (await readRows(env.VIEWS, [accountNumber])).get(accountNumber) ?? null;
}

/** What the database refuses, from a version on, it would refuse again. */
async function unlessRefused(version: number, write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    throw isRefused(error) && !isMovedOn(error) ? new Unprojectable(version, error) : error;
  }
}
