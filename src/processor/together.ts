// Several accounts of a walk at once: those of which the feed has what their logs say, nearly always all of them. Reading and
// writing them together takes a tenth of the queries. Whatever is out of the ordinary is left to a repair, or a comparison, of
// the account alone.

import type { Account } from "../account/account.ts";
import { MAX_LOG_SLICE } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import { readLog } from "../account/reach-log.ts";
import { logLine } from "../http/log-line.ts";
import { type AccountFeedEntry, readChains, readEntries } from "../views/account-feed.ts";
import { type AccountRow, isRefused, readRows } from "../views/accounts-view.ts";
import { readFeedHead } from "../views/feed.ts";
import type { ProcessorEnv } from "./env.ts";
import { isEntryOf } from "./feed-part.ts";
import { readWaiting, unpark } from "./parking.ts";
import { hasAll } from "./range-feed.ts";
import { foldSteps, packSteps, type Step, writeSteps } from "./steps.ts";
import { compareRow } from "./verify.ts";

/** Runs of the feed that are read at a time: each may be a chunk to look through. Whoever has too many is dealt with alone. */
const MAX_RUNS_TOGETHER = 1_000;

/** An account of which the feed has every event that its row speaks of, once and in order, and its log has no more. */
interface Sound {
  readonly row: AccountRow | null;
  /** As its log folds to. */
  readonly account: Account;
  readonly events: readonly RecordedAccountEvent[];
  /** Where the feed ended when it was looked at. */
  readonly feedHead: number;
}

/**
 * Writes the rows of those that can be written together, and where no view has an account its events too. Answers the
 * versions that these are at.
 */
export async function repairTogether(
  env: ProcessorEnv,
  accountNumbers: readonly string[],
): Promise<Map<string, number>> {
  const startedAt = Date.now();
  const waiting = await readWaiting(env.OPERATIONS, accountNumbers);
  const sound = await readSound(env, accountNumbers);
  const versions = new Map(
    [...sound].map(([accountNumber, { account }]) => [accountNumber, account.version]),
  );
  try {
    for (const transaction of packSteps([...sound.values()].flatMap(stepsOf))) {
      await writeSteps(env.VIEWS, transaction, null);
    }
  } catch (error) {
    // Another writer moved one of them on, or one is poisonous: alone, each finds out. What was written is as it has to be.
    if (!isRefused(error)) throw error;
    return new Map();
  }
  await unpark(env.OPERATIONS, waiting, versions);
  logLine("repair", { accounts: [...versions], from: "start", durationMs: Date.now() - startedAt });
  return versions;
}

function stepsOf({ row, account, events, feedHead }: Sound): Step[] {
  const { accountNumber } = account;
  if (row === null) {
    return foldSteps(accountNumber, null, events).map((step) => ({ ...step, lookedUpTo: feedHead }));
  }
  return [{ accountNumber, before: row, feedPosition: row.feedPosition, events: [], after: account }];
}

/** The versions of those of which every view is what their logs say. */
export async function agreeing(
  env: ProcessorEnv,
  accountNumbers: readonly string[],
): Promise<Map<string, number>> {
  const sound = await readSound(env, accountNumbers);
  return new Map(
    [...sound]
      .filter(([, { row, account }]) => isRowOf(row, account))
      .map(([of, { account }]) => [of, account.version]),
  );
}

function isRowOf(row: AccountRow | null, account: Account): boolean {
  let agrees = row !== null;
  compareRow(row, account, (_field, view, log) => {
    agrees &&= view === log;
  });
  return agrees;
}

async function readSound(env: ProcessorEnv, accountNumbers: readonly string[]): Promise<Map<string, Sound>> {
  // In this order: what is projected while the rest is read is not compared.
  const feedHead = await readFeedHead(env.VIEWS);
  const rows = await readRows(env.VIEWS, accountNumbers);
  const [chains, logs] = await Promise.all([
    readChains(env.VIEWS, [...rows.values()]),
    Promise.all(accountNumbers.map((accountNumber) => wholeLog(env, accountNumber))),
  ]);
  const runs = [...chains.values()].flat().slice(0, MAX_RUNS_TOGETHER);
  const entries = await readEntries(env.VIEWS, runs, 0, Number.MAX_SAFE_INTEGER);
  const entriesOf = Map.groupBy(entries, ({ event }) => event?.accountNumber);
  const sound = new Map<string, Sound>();
  for (const [index, accountNumber] of accountNumbers.entries()) {
    const events = logs[index] ?? [];
    const row = rows.get(accountNumber) ?? null;
    const account = folded(events);
    if (account === null || (row !== null && row.version !== account.version)) continue;
    const inFeed = row === null ? [] : events;
    const isWhole =
      hasAll(chains.get(accountNumber) ?? [], inFeed.length) &&
      isFeedOf(entriesOf.get(accountNumber) ?? [], inFeed);
    if (isWhole) sound.set(accountNumber, { row, account, events, feedHead });
  }
  return sound;
}

/** Of an account whose log does not answer, or is long, nothing. */
async function wholeLog(env: ProcessorEnv, accountNumber: string): Promise<readonly RecordedAccountEvent[]> {
  try {
    const { events, currentVersion } = await readLog(env.ACCOUNT_LOGS, accountNumber, 0, MAX_LOG_SLICE);
    return events.length === currentVersion ? events : [];
  } catch {
    return [];
  }
}

function folded(events: readonly RecordedAccountEvent[]): Account | null {
  try {
    return events.reduce<Account | null>(evolve, null);
  } catch {
    return null;
  }
}

function isFeedOf(entries: readonly AccountFeedEntry[], events: readonly RecordedAccountEvent[]): boolean {
  if (entries.length !== events.length) return false;
  let position = 0;
  for (const [index, event] of events.entries()) {
    const entry = entries[index];
    if (entry?.version !== event.version || entry.position <= position || !isEntryOf(entry, event))
      return false;
    position = entry.position;
  }
  return true;
}
