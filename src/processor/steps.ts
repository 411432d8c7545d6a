// A step: what some events make of one account's views. Steps are packed into transactions, each all or nothing.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import { assertVersions, writeAccounts } from "../views/accounts-view.ts";
import { appendToFeed } from "../views/feed.ts";
import { moveStatusTotals } from "../views/status-totals.ts";

export interface Step {
  /** The account's row as it was read; null where the view has none. */
  readonly before: Account | null;
  /** The events that follow it, in order. */
  readonly events: readonly RecordedAccountEvent[];
  readonly after: Account;
}

/**
 * Most events that a transaction writes. The largest an account can have is about 3 KB, and D1 takes 2 MB in one
 * parameter (D1 documentation, "Limits").
 */
const MAX_EVENTS_PER_TRANSACTION = 500;

/** Throws where the events do not fold. */
export function foldSteps(before: Account | null, events: readonly RecordedAccountEvent[]): Step[] {
  const steps: Step[] = [];
  let state = before;
  for (let start = 0; start < events.length; start += MAX_EVENTS_PER_TRANSACTION) {
    const [first, ...rest] = events.slice(start, start + MAX_EVENTS_PER_TRANSACTION);
    if (first === undefined) break;
    const after = rest.reduce(evolve, evolve(state, first));
    steps.push({ before: state, events: [first, ...rest], after });
    state = after;
  }
  return steps;
}

/** Steps in as few transactions as hold them, in their order. A transaction has at most one step of an account. */
export function packSteps(steps: readonly Step[]): Step[][] {
  const transactions: Step[][] = [];
  let room = 0;
  for (const step of steps) {
    if (step.events.length > room) {
      transactions.push([]);
      room = MAX_EVENTS_PER_TRANSACTION;
    }
    transactions.at(-1)?.push(step);
    room -= step.events.length;
  }
  return transactions;
}

/**
 * Writes steps of different accounts in one transaction: each account's row once, totals by the difference, and the
 * events at the end of the feed. Rejects, having written nothing, where a view is not as it was read (`isMovedOn`).
 */
export async function writeSteps(views: D1Database, steps: readonly Step[]): Promise<void> {
  const versions = new Map(steps.map(({ before, after }) => [after.accountNumber, before?.version ?? 0]));
  const moves = steps.map(({ before, after }) => ({ from: before?.status ?? null, to: after.status }));
  await views.batch([
    assertVersions(views, versions),
    writeAccounts(
      views,
      steps.map(({ after }) => after),
    ),
    moveStatusTotals(views, moves),
    appendToFeed(
      views,
      steps.flatMap(({ events }) => events),
    ),
  ]);
}
