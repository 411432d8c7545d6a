// A step: what some events make of one account's views. Steps are packed into transactions, each all or nothing.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import {
  type AccountRow,
  assertUnmoved,
  isKnownStatus,
  removeAccounts,
  writeAccounts,
} from "../views/accounts-view.ts";
import { writeToFeed } from "../views/feed.ts";
import { moveStatusTotals } from "../views/status-totals.ts";

export interface Step {
  readonly accountNumber: string;
  /** The account's row as it was read; null where the view has none. */
  readonly before: Pick<AccountRow, "version" | "status" | "userId" | "createdAt"> | null;
  /** What the feed is to have, in order. */
  readonly events: readonly RecordedAccountEvent[];
  /** What the row is to be; null where the account has no log. */
  readonly after: Account | null;
}

/**
 * Most events in one statement. The largest an account can have is about 3 KB, and D1 takes 2 MB in one parameter
 * (D1 documentation, "Limits").
 */
export const MAX_EVENTS_PER_STEP = 500;

/** The steps that lead from an account's state over the events that follow it. Throws where the events do not fold. */
export function foldSteps(
  accountNumber: string,
  before: Account | null,
  events: readonly RecordedAccountEvent[],
): Step[] {
  const steps: Step[] = [];
  let state = before;
  for (let start = 0; start < events.length; start += MAX_EVENTS_PER_STEP) {
    const part = events.slice(start, start + MAX_EVENTS_PER_STEP);
    const after = part.reduce<Account | null>(evolve, state);
    steps.push({ accountNumber, before: state, events: part, after });
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
      room = MAX_EVENTS_PER_STEP;
    }
    transactions.at(-1)?.push(step);
    room -= step.events.length;
  }
  return transactions;
}

/**
 * Writes steps of different accounts in one transaction: each account's row once, totals by the difference, and the
 * events at the end of the feed, `projectedAt` (epoch milliseconds; null in a repair). Rejects, having written
 * nothing, where a view is not as it was read (`isMovedOn`).
 */
export async function writeSteps(
  views: D1Database,
  steps: readonly Step[],
  projectedAt: number | null,
): Promise<void> {
  const removed = steps.filter(isReplaced).map(({ accountNumber }) => accountNumber);
  const written = steps.flatMap(({ after }) => (after === null ? [] : [after]));
  const events = steps.flatMap((step) => step.events);
  await views.batch([
    assertUnmoved(views, new Map(steps.map(({ accountNumber, before }) => [accountNumber, before]))),
    ...(removed.length > 0 ? [removeAccounts(views, removed)] : []),
    ...(written.length > 0 ? [writeAccounts(views, written)] : []),
    moveStatusTotals(
      views,
      steps.map(({ before, after }) => ({
        from: before !== null && isKnownStatus(before.status) ? before.status : null,
        to: after?.status ?? null,
      })),
    ),
    ...(events.length > 0 ? [writeToFeed(views, events, projectedAt)] : []),
  ]);
}

/** Whether the row is wrong in what no event ever changes, so that it has to go before the right one comes. */
function isReplaced({ before, after }: Step): boolean {
  if (before === null) return false;
  return after === null || before.userId !== after.userId || before.createdAt !== after.createdAt;
}
