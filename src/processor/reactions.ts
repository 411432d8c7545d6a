// How far each function is with each account: kept in the order of the account's log, by one consumer at a time.

import type { RecordedAccountEvent } from "../account/events.ts";
import type { Pair } from "./announce.ts";
import { reasonText } from "./reason.ts";

/**
 * Longer than a consumer works on one pair (`react.ts`), so that nobody takes over what is still being done. A consumer
 * that died keeps its pair as long.
 */
const LEASE_MS = 30_000;
/** With the delays between them, about half an hour; then the pair is parked. */
const MAX_ATTEMPTS = 12;

export interface Lease extends Pair {
  /** Null where the function has never looked at the account. */
  readonly position: number | null;
  /** The lease itself: who is late finds another one there. */
  readonly leasedUntil: number;
}

/** Null where another consumer has the pair. */
export async function takeLease(
  operations: D1Database,
  { function: name, accountNumber }: Pair,
): Promise<Lease | null> {
  const now = Date.now();
  const leasedUntil = now + LEASE_MS;
  const row = await operations
    .prepare(
      `INSERT INTO reactions (function, account_number, leased_until) VALUES (?1, ?2, ?3)
       ON CONFLICT (function, account_number) DO UPDATE SET leased_until = excluded.leased_until
       WHERE leased_until <= ?4
       RETURNING position`,
    )
    .bind(name, accountNumber, leasedUntil, now)
    .first<{ position: number | null }>();
  return row === null ? null : { function: name, accountNumber, position: row.position, leasedUntil };
}

/** Done with all events up to `position`; what failed before is mended. */
export async function finish(operations: D1Database, lease: Lease, position: number): Promise<void> {
  await operations
    .prepare(
      `UPDATE reactions SET position = max(coalesce(position, 0), ?3), leased_until = 0, attempts = 0, parked = 0,
         version = NULL, event_at = NULL, reason = NULL, at = NULL
       WHERE function = ?1 AND account_number = ?2 AND leased_until = ?4`,
    )
    .bind(lease.function, lease.accountNumber, position, lease.leasedUntil)
    .run();
}

/** Gives the pair back as it was found, save how far it came. */
export async function giveBack(operations: D1Database, lease: Lease, position: number): Promise<void> {
  await operations
    .prepare(
      `UPDATE reactions SET position = max(coalesce(position, 0), ?3), leased_until = 0
       WHERE function = ?1 AND account_number = ?2 AND leased_until = ?4`,
    )
    .bind(lease.function, lease.accountNumber, position, lease.leasedUntil)
    .run();
}

/**
 * A part of the system failed, so the pair waits for its message to come again, from `position` on, if it began. That is
 * no failed attempt of the function, as where it rests (`noteResting`); but unless it is written down that it waits, the
 * clock would take its message for lost, and send one more each minute.
 */
export async function postpone(
  operations: D1Database,
  lease: Lease,
  position: number | null,
  reason: string,
): Promise<void> {
  await operations
    .prepare(
      `UPDATE reactions SET position = coalesce(max(position, ?3), position, ?3), leased_until = 0,
         attempts = max(attempts, 1), event_at = coalesce(event_at, ?6), reason = coalesce(reason, ?5), at = ?6
       WHERE function = ?1 AND account_number = ?2 AND leased_until = ?4`,
    )
    .bind(lease.function, lease.accountNumber, position, lease.leasedUntil, reasonText(reason), Date.now())
    .run();
}

/** The event after `position` failed. Answers whether the pair is parked: at once, or as one that goes on failing. */
export async function fail(
  operations: D1Database,
  lease: Lease,
  position: number,
  event: RecordedAccountEvent,
  failure: { readonly message: string; readonly isFinal: boolean },
): Promise<boolean> {
  const row = await operations
    .prepare(
      `UPDATE reactions SET position = max(coalesce(position, 0), ?3), leased_until = 0,
         attempts = CASE WHEN version IS ?5 THEN attempts + 1 ELSE 1 END,
         parked = ?8 OR (version IS ?5 AND (parked OR attempts + 1 >= ${MAX_ATTEMPTS})),
         version = ?5, event_at = ?6, reason = ?7, at = ?9
       WHERE function = ?1 AND account_number = ?2 AND leased_until = ?4
       RETURNING parked`,
    )
    .bind(
      lease.function,
      lease.accountNumber,
      position,
      lease.leasedUntil,
      event.version,
      event.createdAt,
      reasonText(failure.message),
      failure.isFinal ? 1 : 0,
      Date.now(),
    )
    .first<{ parked: number }>();
  return row?.parked === 1;
}

/** By which those are known who wait for nothing but others. */
const RESTING = "The function takes long, and rests";

/**
 * The function rests, so its messages wait unasked. That is no failed attempt: without a version it is not counted as one
 * when the function is asked (`fail`). When the event happened is not known here; it is taken for new.
 */
export async function noteResting(operations: D1Database, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length === 0) return;
  const rows = pairs.map(({ function: name, accountNumber }) => [name, accountNumber]);
  await operations
    .prepare(
      `INSERT INTO reactions (function, account_number, leased_until, attempts, event_at, reason, at)
       SELECT value ->> 0, value ->> 1, 0, 1, ?2, ?3, ?2
       FROM json_each(?1) WHERE TRUE
       ON CONFLICT (function, account_number) DO UPDATE SET
         attempts = max(attempts, 1), event_at = coalesce(event_at, excluded.event_at),
         reason = coalesce(reason, excluded.reason), at = excluded.at
       WHERE parked = 0`,
    )
    .bind(JSON.stringify(rows), Date.now(), RESTING)
    .run();
}

/** A message that nobody would bring again: the pair is parked, so that a person does. */
export async function parkReaction(
  operations: D1Database,
  { function: name, accountNumber }: Pair,
  reason: string,
): Promise<void> {
  const now = Date.now();
  await operations
    .prepare(
      `INSERT INTO reactions (function, account_number, leased_until, attempts, parked, event_at, reason, at)
       VALUES (?1, ?2, 0, 1, 1, ?3, ?4, ?3)
       ON CONFLICT (function, account_number) DO UPDATE SET
         attempts = attempts + 1, parked = 1, event_at = coalesce(event_at, excluded.event_at),
         reason = excluded.reason, at = excluded.at`,
    )
    .bind(name, accountNumber, now, reasonText(reason))
    .run();
}

/** With the columns that all have that is parked (`parking.ts`). */
export const PARKED_REACTIONS = `
  SELECT account_number, function, version, reason, at, attempts, NULL FROM reactions WHERE attempts > 0 AND parked = 1`;

/** Parked or not: the message of one that waits may be lost. */
export async function failingReactions(operations: D1Database): Promise<Pair[]> {
  const { results } = await operations
    .prepare("SELECT function, account_number AS accountNumber FROM reactions WHERE attempts > 0")
    .all<Pair>();
  return results;
}

/** The plus keeps it from choosing the primary key, by which all would be read that ever reacted: those that fail have an index. */
const OF_FUNCTIONS = "+function IN";

/** Sooner, the next attempt is on its way; and later than it can be (`retry-later.ts`). */
const SHORTEST_PATIENCE_MS = 30_000;
const LONGEST_PATIENCE_MS = 600_000;

/** So many are brought again at a time; the rest a minute later. */
const MAX_FORGOTTEN = 2_000;

/**
 * Those of the functions that were to be tried again and were not: not parked, and last tried so long ago that their message must
 * be lost. Between attempts passes about as much time as since the event, so twice as much is waited. (Who only rests, at
 * none of its events yet, waits for others; nobody knows how long.) Taken as tried now, so that they are not found again at once.
 */
export async function takeForgottenReactions(
  operations: D1Database,
  names: readonly string[],
  now: number,
): Promise<Pair[]> {
  const { results } = await operations
    .prepare(
      `UPDATE reactions SET at = ?1 WHERE (function, account_number) IN (
         SELECT function, account_number FROM reactions
         WHERE attempts > 0 AND parked = 0 AND ${OF_FUNCTIONS} (SELECT value FROM json_each(?2))
           AND at < ?1 - CASE WHEN reason = ?3 THEN ${LONGEST_PATIENCE_MS}
             ELSE min(max(2 * (at - event_at), ${SHORTEST_PATIENCE_MS}), ${LONGEST_PATIENCE_MS}) END
         LIMIT ${MAX_FORGOTTEN})
       RETURNING function, account_number AS accountNumber`,
    )
    .bind(now, JSON.stringify(names), RESTING)
    .all<Pair>();
  return results;
}

/** Whether one of the functions waits anywhere to be asked again by itself. */
export async function isAnyWaiting(operations: D1Database, names: readonly string[]): Promise<boolean> {
  const row = await operations
    .prepare(
      `SELECT 1 FROM reactions
       WHERE attempts > 0 AND parked = 0 AND ${OF_FUNCTIONS} (SELECT value FROM json_each(?1)) LIMIT 1`,
    )
    .bind(JSON.stringify(names))
    .first();
  return row !== null;
}

interface Progress {
  readonly position: number;
  readonly isFailing: boolean;
}

/** By account; those that the function never looked at are not in it. */
export async function readProgress(
  operations: D1Database,
  name: string,
  accountNumbers: readonly string[],
): Promise<ReadonlyMap<string, Progress>> {
  const { results } = await operations
    .prepare(
      `SELECT account_number AS accountNumber, coalesce(position, 0) AS position, attempts FROM reactions
       WHERE function = ?1 AND account_number IN (SELECT value FROM json_each(?2))`,
    )
    .bind(name, JSON.stringify(accountNumbers))
    .all<{ accountNumber: string; position: number; attempts: number }>();
  return new Map(
    results.map(({ accountNumber, position, attempts }) => [
      accountNumber,
      { position, isFailing: attempts > 0 },
    ]),
  );
}

export interface FailingReactions {
  /** Accounts at which a function waits, to be asked again by itself. */
  readonly waiting: number;
  readonly parked: number;
  /** When the oldest event happened that it could not react to; epoch milliseconds. */
  readonly oldestAt: number;
}

/** By function; those that fail nowhere are not in it. */
export async function countFailing(operations: D1Database): Promise<ReadonlyMap<string, FailingReactions>> {
  const { results } = await operations
    .prepare(
      `SELECT function, count(*) FILTER (WHERE parked = 0) AS waiting, count(*) FILTER (WHERE parked = 1) AS parked,
         min(event_at) AS oldestAt
       FROM reactions WHERE attempts > 0 GROUP BY function`,
    )
    .all<FailingReactions & { function: string }>();
  return new Map(results.map(({ function: name, ...failing }) => [name, failing]));
}
