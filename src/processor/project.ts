// Projecting: accounts' events into the views, each once and in order, whatever came twice, late, mixed or not at all.

import type { AccountLogs } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { isMovedOn, readAccounts } from "../views/accounts-view.ts";
import { readRun } from "./log-run.ts";
import { foldSteps, packSteps, type Step, writeSteps } from "./steps.ts";

export interface ProcessorEnv {
  readonly VIEWS: D1Database;
  readonly ACCOUNT_LOGS: AccountLogs;
}

/** What is to be projected of an account: everything up to a version, of which some events are at hand already. */
export interface PendingEvents {
  readonly known: ReadonlyMap<number, RecordedAccountEvent>;
  readonly lastVersion: number;
}

/** Most events held in memory at a time (a Worker has 128 MB); what is beyond them waits for the next round. */
const MAX_EVENTS_PER_ROUND = 10_000;
/** Each round goes on from the views as they are then. One is enough unless others write too, or a gap is long. */
const MAX_ROUNDS = 20;

/** Projects all that is pending, and answers the accounts where that failed, with the reason. */
export async function project(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  let unfinished = pending;
  for (let round = 1; round <= MAX_ROUNDS && unfinished.size > 0; round++) {
    unfinished = await projectRound(env, unfinished, failures);
  }
  for (const accountNumber of unfinished.keys()) {
    failures.set(accountNumber, new Error(`Not finished after ${MAX_ROUNDS} rounds`));
  }
  return failures;
}

/** Answers what is left for another round: what there was no room for, and accounts that another writer moved on. */
async function projectRound(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
  failures: Map<string, unknown>,
): Promise<Map<string, PendingEvents>> {
  const unfinished = new Map<string, PendingEvents>();
  const views = await readAccounts(env.VIEWS, [...pending.keys()]);
  let room = MAX_EVENTS_PER_ROUND;
  const reading: Promise<Step[]>[] = [];
  for (const [accountNumber, { known, lastVersion }] of pending) {
    const before = views.get(accountNumber) ?? null;
    const after = before?.version ?? 0;
    const count = Math.min(lastVersion - after, room);
    if (after + count < lastVersion) unfinished.set(accountNumber, { known, lastVersion });
    if (count <= 0) continue;
    room -= count;
    reading.push(
      readRun(env.ACCOUNT_LOGS, accountNumber, known, after, after + count)
        .then((events) => foldSteps(before, events))
        .catch((error) => {
          failures.set(accountNumber, error);
          return [];
        }),
    );
  }
  for (const steps of packSteps((await Promise.all(reading)).flat())) {
    try {
      await writeSteps(env.VIEWS, steps);
    } catch (error) {
      for (const { after } of steps) {
        const { accountNumber } = after;
        const left = pending.get(accountNumber);
        if (!isMovedOn(error)) failures.set(accountNumber, error);
        else if (left !== undefined) unfinished.set(accountNumber, left);
      }
    }
  }
  for (const accountNumber of failures.keys()) unfinished.delete(accountNumber);
  return unfinished;
}
