// Projecting: accounts' events into the views, each once and in order, whatever came twice, late, mixed or not at all.

import type { RecordedAccountEvent } from "../account/events.ts";
import {
  type AccountRow,
  accountRow,
  isMovedOn,
  isRefused,
  projectedAccount,
  readRows,
} from "../views/accounts-view.ts";
import type { Followers } from "../views/followed.ts";
import { announceGrowth } from "./announce-growth.ts";
import { registerAccounts } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { recentRow, rememberRow } from "./recent-rows.ts";
import { repairOrPark } from "./repair-or-park.ts";
import { type FoldedAccount, foldSteps, packSteps, type Step, writeSteps } from "./steps.ts";

/** How many accounts are repaired side by side. */
const PARALLEL_REPAIRS = 10;

/** So often rows are read and written once more after a refusal; who is refused again is repaired. */
const ATTEMPTS_AGAIN = 2;

/** What came of an account: events by version, and the greatest version among them. */
export interface PendingEvents {
  readonly known: ReadonlyMap<number, RecordedAccountEvent>;
  readonly lastVersion: number;
}

function lastTrace({ known, lastVersion }: PendingEvents): string | undefined {
  return known.get(lastVersion)?.metadata.correlationId;
}

/** What a batch came to, beside what went well. */
export interface Projected {
  /** Events that followed what the views had, and did not need the log. */
  readonly events: number;
  /** Accounts whose log was asked. */
  readonly repaired: readonly string[];
  /** Accounts that wait for a person, or for newer code: their messages are dealt with. */
  readonly parked: readonly string[];
  /** Accounts whose messages have to come again, with the reason: a part of the system does not answer. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Projects all that is pending; no account's trouble is another's. */
export async function project(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
): Promise<Projected> {
  const rows = await rowsBefore(env, pending);
  const course: Course = { toRepair: new Set(), failures: new Map(), events: 0, followers: null };
  const { toRepair, failures } = course;
  const unknown = [...pending.keys()].filter((accountNumber) => !rows.has(accountNumber));
  // Who is in the views is in the directory; who can't be registered now waits, and the others go on.
  await registerAccounts(env.OPERATIONS, unknown).catch((error) => {
    for (const accountNumber of unknown) failures.set(accountNumber, error);
  });
  const known = new Map([...pending].filter(([accountNumber]) => !failures.has(accountNumber)));
  let refused = await writeAll(env, known, rows, course);
  for (let attempt = 1; attempt <= ATTEMPTS_AGAIN && refused.size > 0; attempt++) {
    refused = await writeAgain(env, refused, course);
  }
  for (const accountNumber of refused.keys()) toRepair.add(accountNumber);
  // Also where this batch brought nothing new: it may come again because the first to take it ended before saying so.
  if (course.followers !== null || toRepair.size === 0) {
    await announceGrowth(env, typesIn(pending), course.followers);
  }
  const parked = await repairAll(env, [...toRepair], pending, failures);
  if (toRepair.size > 0) await announceGrowth(env);
  return { events: course.events, repaired: [...toRepair], parked, failures };
}

/**
 * The rows that the accounts' events follow. One that was written here last, at the version before them, is taken to stand so,
 * and what begins with the first event of an account that was never written here is taken to follow none: neither is read. The
 * guard of the transaction says whether that was right.
 */
async function rowsBefore(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
): Promise<Map<string, AccountRow>> {
  const rows = new Map<string, AccountRow>();
  const toRead: string[] = [];
  for (const [accountNumber, { known, lastVersion }] of pending) {
    const firstVersion = Math.min(...known.keys());
    const isWhole = known.size === lastVersion - firstVersion + 1;
    const recent = recentRow(env, accountNumber);
    if (!isWhole || (recent?.version ?? 0) !== firstVersion - 1) toRead.push(accountNumber);
    else if (recent !== null) rows.set(accountNumber, recent);
  }
  if (toRead.length === 0) return rows;
  return new Map([...rows, ...(await readRows(env.VIEWS, toRead))]);
}

function typesIn(pending: ReadonlyMap<string, PendingEvents>): Set<string> {
  return new Set([...pending.values()].flatMap(({ known }) => [...known.values()].map(({ type }) => type)));
}

/** How a batch goes. */
interface Course {
  /** Accounts whose log has to be asked. */
  readonly toRepair: Set<string>;
  readonly failures: Map<string, unknown>;
  events: number;
  /** Who followed the feed when it grew last; null where it did not. */
  followers: Followers | null;
}

/**
 * Writes what follows on the rows in as few transactions as hold it. Answers the accounts of transactions that were refused
 * because a row of one of them is not, or is no longer, what it was taken for: the others are as good as before.
 */
async function writeAll(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
  rows: ReadonlyMap<string, AccountRow>,
  course: Course,
): Promise<Map<string, PendingEvents>> {
  const { toRepair, failures } = course;
  const movedOn = new Map<string, PendingEvents>();
  const steps: Step[] = [];
  for (const [accountNumber, came] of pending) {
    const row = rows.get(accountNumber);
    if (row !== undefined && row.version >= came.lastVersion) continue;
    const before = row === undefined ? null : projectedAccount(row);
    const isTrusted = row === undefined || before !== null;
    const folded = before && { ...before, feedPosition: row?.feedPosition ?? 0 };
    const own = isTrusted ? stepsOf(accountNumber, folded, came) : null;
    if (own === null) toRepair.add(accountNumber);
    else steps.push(...own);
  }
  /** Where the feed has what this batch wrote of an account before, when an account takes more than one transaction. */
  const feedPositions = new Map<string, number>();
  const isStopped = ({ accountNumber }: Step): boolean =>
    [toRepair, failures, movedOn].some((stopped) => stopped.has(accountNumber));
  for (const transaction of packSteps(steps)) {
    // Where an earlier step of an account was not written, the later ones do not fit.
    const fitting = transaction
      .filter((step) => !isStopped(step))
      .map((step) => after(step, feedPositions.get(step.accountNumber)));
    if (fitting.length === 0) continue;
    try {
      const { end, followers } = await writeSteps(env.VIEWS, fitting, Date.now());
      course.followers = followers ?? course.followers;
      for (const { accountNumber, events: own, after } of fitting) {
        course.events += own.length;
        if (after !== null && after !== "as-before") rememberRow(env, accountRow(after, end));
        feedPositions.set(accountNumber, end);
      }
    } catch (error) {
      for (const { accountNumber } of fitting) {
        const came = pending.get(accountNumber);
        if (isMovedOn(error) && came !== undefined) movedOn.set(accountNumber, came);
        // One of these accounts is poisonous. Alone, each finds out.
        else if (isRefused(error)) toRepair.add(accountNumber);
        else failures.set(accountNumber, error);
      }
    }
  }
  return movedOn;
}

/** The same once more on rows as they are read now, for all together: alone, each account would cost a chunk of its own. */
async function writeAgain(
  env: ProcessorEnv,
  pending: ReadonlyMap<string, PendingEvents>,
  course: Course,
): Promise<Map<string, PendingEvents>> {
  try {
    return await writeAll(env, pending, await readRows(env.VIEWS, [...pending.keys()]), course);
  } catch (error) {
    for (const accountNumber of pending.keys()) course.failures.set(accountNumber, error);
    return new Map();
  }
}

/** A step as it follows on one of the same account that was written: only then is known where that is in the feed. */
function after(step: Step, feedPosition: number | undefined): Step {
  if (feedPosition === undefined || step.before === null) return step;
  return { ...step, feedPosition, before: { ...step.before, feedPosition } };
}

/** Null where the log has to be asked: events are missing, or do not fold. */
function stepsOf(
  accountNumber: string,
  before: FoldedAccount | null,
  { known, lastVersion }: PendingEvents,
): Step[] | null {
  const events: RecordedAccountEvent[] = [];
  for (let version = (before?.version ?? 0) + 1; version <= lastVersion; version++) {
    const event = known.get(version);
    if (event === undefined) return null;
    events.push(event);
  }
  try {
    return foldSteps(accountNumber, before, events);
  } catch {
    return null;
  }
}

/** Repairs each account alone; answers those that had to be parked. */
async function repairAll(
  env: ProcessorEnv,
  accountNumbers: readonly string[],
  pending: ReadonlyMap<string, PendingEvents>,
  failures: Map<string, unknown>,
): Promise<string[]> {
  const parked: string[] = [];
  const repairOne = async (accountNumber: string): Promise<void> => {
    try {
      const came = pending.get(accountNumber);
      const { parked: reason } = await repairOrPark(env, accountNumber, {
        ...(came === undefined ? {} : { upTo: came.lastVersion, traceId: lastTrace(came) }),
      });
      if (reason !== null) parked.push(accountNumber);
    } catch (error) {
      failures.set(accountNumber, error);
    }
  };
  for (let start = 0; start < accountNumbers.length; start += PARALLEL_REPAIRS) {
    await Promise.all(accountNumbers.slice(start, start + PARALLEL_REPAIRS).map(repairOne));
  }
  return parked;
}
