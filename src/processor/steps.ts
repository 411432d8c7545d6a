// A step: what some events make of one account's views. Steps are packed into transactions, each all or nothing.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import {
  type AccountRow,
  assertUnmoved,
  isKnownStatus,
  moveFeedPositions,
  removeAccounts,
  type WrittenAccount,
  writeAccounts,
} from "../views/accounts-view.ts";
import { appendChunk, assertNothingSince, MAX_CHUNK_EVENTS } from "../views/feed-chunks.ts";
import { type Followers, followersIn } from "../views/followed.ts";
import { countMoves, type StatusMove } from "../views/status-totals.ts";

export interface Step {
  readonly accountNumber: string;
  /** The account's row as it was read, or is remembered; null where the view is to have none. */
  readonly before: RowBefore | null;
  /** Where the feed has the account's newest events: the last position of that chunk, 0 where it has none. */
  readonly feedPosition: number;
  /** What the feed is to have, at versions that follow each other. */
  readonly events: readonly RecordedAccountEvent[];
  /** What the row is to be; null where the account has no log; "as-before" where only the feed lacks something. */
  readonly after: Account | null | "as-before";
  /** Up to which position the feed was looked through for the events; left out where the row's word is taken for what it has. */
  readonly lookedUpTo?: number;
}

/** An account as its row says, and where the feed has its newest events. */
export type FoldedAccount = Account & Pick<AccountRow, "feedPosition">;

export type RowBefore = Pick<AccountRow, "version" | "status" | "userId" | "createdAt" | "feedPosition"> & {
  readonly defaultAccount: boolean | number;
};

/** The steps that lead from an account's row over the events that follow it. Throws where the events do not fold. */
export function foldSteps(
  accountNumber: string,
  before: FoldedAccount | null,
  events: readonly RecordedAccountEvent[],
): Step[] {
  const steps: Step[] = [];
  let state = before;
  for (let start = 0; start < events.length; start += MAX_CHUNK_EVENTS) {
    const part = events.slice(start, start + MAX_CHUNK_EVENTS);
    const after = part.reduce<Account | null>(evolve, state);
    steps.push({ accountNumber, before: state, feedPosition: state?.feedPosition ?? 0, events: part, after });
    state = after && { ...after, feedPosition: 0 };
  }
  return steps;
}

/** Steps in as few transactions as hold them, in their order. A transaction has at most one step of an account. */
export function packSteps(steps: readonly Step[]): Step[][] {
  const transactions: Step[][] = [];
  let transaction: Step[] = [];
  let room = 0;
  for (const step of steps) {
    if (transactions.length === 0 || step.events.length > room) {
      transaction = [];
      transactions.push(transaction);
      room = MAX_CHUNK_EVENTS;
    }
    transaction.push(step);
    room -= step.events.length;
  }
  return transactions;
}

export interface Written {
  /** Where the chunk ends; 0 where there is none. */
  readonly end: number;
  /** Who followed the feed then; null where it did not grow. */
  readonly followers: Followers | null;
}

/**
 * Writes steps of different accounts in one transaction: the events as one chunk at the end of the feed, with the totals
 * after them, and each account's row once. `projectedAt`: epoch milliseconds; null in a repair. Rejects, having written
 * nothing, where a row, or what the feed has of an account that was looked for there, is not as it was read (`isMovedOn`): a
 * row that says version n and the events up to n in the feed are always one commit.
 */
export async function writeSteps(
  views: D1Database,
  steps: readonly Step[],
  projectedAt: number | null,
): Promise<Written> {
  const runs = steps
    .filter(({ events }) => events.length > 0)
    .map(({ accountNumber, events, feedPosition }) => ({ accountNumber, events, previous: feedPosition }));
  const moves = steps.map(moveOf);
  const hasChunk = runs.length > 0 || countMoves(moves).some((moved) => moved !== 0);
  const removed = steps.filter(isReplaced).map(({ accountNumber }) => accountNumber);
  const [same, others] = [steps.filter(hasSameStatus), steps.filter((step) => !hasSameStatus(step))].map(
    (some) => some.flatMap(rowOf),
  );
  const onlyInFeed = steps.flatMap(({ accountNumber, after }) =>
    after === "as-before" ? accountNumber : [],
  );
  const chunk = hasChunk ? [appendChunk(views, runs, moves, projectedAt)] : [];
  const guards = steps.flatMap(({ accountNumber, events, lookedUpTo }) =>
    lookedUpTo === undefined || events.length === 0
      ? []
      : [assertNothingSince(views, accountNumber, lookedUpTo)],
  );
  const results = await views.batch<{ head?: number; ids?: string }>([
    assertUnmoved(views, new Map(steps.map(({ accountNumber, before }) => [accountNumber, before]))),
    ...guards,
    ...chunk,
    ...(removed.length > 0 ? [removeAccounts(views, removed)] : []),
    ...(same?.length ? [writeAccounts(views, same, true)] : []),
    ...(others?.length ? [writeAccounts(views, others, false)] : []),
    ...(onlyInFeed.length > 0 ? [moveFeedPositions(views, onlyInFeed)] : []),
  ]);
  const added = hasChunk ? results[1 + guards.length]?.results[0] : undefined;
  return { end: added?.head ?? 0, followers: added === undefined ? null : followersIn(added.ids ?? null) };
}

function moveOf({ before, after }: Step): StatusMove {
  const from = before !== null && isKnownStatus(before.status) ? before.status : null;
  if (after === "as-before") return { from, to: from };
  return { from, to: after?.status ?? null };
}

/** Then the row's index entry stays as it is, and is not billed. */
function hasSameStatus(step: Step): boolean {
  const { before, after } = step;
  return after !== null && after !== "as-before" && after.status === before?.status && !isReplaced(step);
}

function rowOf({ feedPosition, events, after }: Step): WrittenAccount[] {
  if (after === null || after === "as-before") return [];
  return [{ ...after, feedPosition: events.length > 0 ? null : feedPosition }];
}

/** Whether the row is wrong in what no event ever changes, so that it has to go before the right one comes. */
function isReplaced({ before, after }: Step): boolean {
  if (before === null || after === "as-before") return false;
  return after === null || before.userId !== after.userId || before.createdAt !== after.createdAt;
}
