// Walks: one operation over every account there is. A rebuild repairs each; a verification compares each, and mends it
// if asked to. A walk is cut into ranges of accounts, which go through a queue; what is done is marked in the database.

import * as z from "zod";
import type { AccountRange } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import type { Difference } from "./verify.ts";

export type WalkKind = "rebuild" | "verification";

/** A message of the queue `account-repairs`: a range of a walk. */
export interface RangeMessage {
  readonly walk: string;
  readonly range: number;
}

export interface WalkRange extends AccountRange {
  readonly kind: WalkKind;
  readonly mends: boolean;
}

/** As an operator reads it. */
export interface Walk {
  readonly id: string;
  readonly kind: WalkKind;
  readonly mends: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Accounts. */
  readonly total: number;
  readonly done: number;
  /** Events of the accounts that are done. */
  readonly events: number;
  /** How many differences there were, and how many of them are mended. */
  readonly found: number;
  readonly mended: number;
  /** The first so many of them. */
  readonly differences: readonly Difference[];
}

/** Small enough to be done well within a queue consumer's time, large enough that messages cost next to nothing. */
const ACCOUNTS_PER_RANGE = 100;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;
/** So many differences are kept of a range, and shown of a walk: views that are wrong throughout are soon known to be. */
const MAX_DIFFERENCES_PER_RANGE = 200;
const MAX_DIFFERENCES = 1_000;

/**
 * Starts a walk, or joins the one of its kind that is not finished: its ranges that are not done are sent again, since
 * their messages may be lost. Doing a range twice is harmless. Answers the walk's id.
 */
export async function startWalk(env: ProcessorEnv, kind: WalkKind, mends: boolean): Promise<string> {
  const { OPERATIONS: operations } = env;
  const id = crypto.randomUUID();
  const [, , unfinished] = await operations.batch<{ id: string }>([
    operations
      .prepare(
        `INSERT INTO walks (id, kind, mends, started_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind, mends) WHERE finished_at IS NULL DO NOTHING`,
      )
      .bind(id, kind, mends ? 1 : 0, Date.now()),
    // Every so many accounts a range ends; the last has no end, so that nothing in the views lies behind it.
    operations
      .prepare(
        `INSERT INTO walk_ranges (walk_id, range, after, up_to, accounts)
         SELECT ?1, range, coalesce(lag(last) OVER (ORDER BY range), ''),
           CASE WHEN range < max(range) OVER () THEN last END, accounts
         FROM (
           SELECT (number - 1) / ${ACCOUNTS_PER_RANGE} AS range, max(account_number) AS last, count(*) AS accounts
           FROM (SELECT account_number, row_number() OVER (ORDER BY account_number) AS number FROM directory)
           GROUP BY range
           UNION ALL SELECT 0, '', 0 WHERE NOT EXISTS (SELECT 1 FROM directory)
         )
         WHERE EXISTS (SELECT 1 FROM walks WHERE id = ?1)`,
      )
      .bind(id),
    operations
      .prepare("SELECT id FROM walks WHERE kind = ?1 AND mends = ?2 AND finished_at IS NULL")
      .bind(kind, mends ? 1 : 0),
  ]);
  const walk = unfinished?.results[0]?.id ?? id;
  await sendRanges(env, walk);
  return walk;
}

async function sendRanges(env: ProcessorEnv, walk: string): Promise<void> {
  const { results } = await env.OPERATIONS.prepare(
    "SELECT range FROM walk_ranges WHERE walk_id = ?1 AND done_at IS NULL ORDER BY range",
  )
    .bind(walk)
    .all<{ range: number }>();
  for (let start = 0; start < results.length; start += MAX_MESSAGES_PER_SEND) {
    const messages = results.slice(start, start + MAX_MESSAGES_PER_SEND);
    await env.ACCOUNT_REPAIRS.sendBatch(messages.map(({ range }) => ({ body: { walk, range } })));
  }
}

/** The range, unless it is done already. */
export async function readRange(
  operations: D1Database,
  { walk, range }: RangeMessage,
): Promise<WalkRange | null> {
  const row = await operations
    .prepare(
      `SELECT after, up_to, kind, mends FROM walk_ranges JOIN walks ON id = walk_id
       WHERE walk_id = ?1 AND range = ?2 AND done_at IS NULL`,
    )
    .bind(walk, range)
    .first<{ after: string; up_to: string | null; kind: WalkKind; mends: number }>();
  return row === null ? null : { after: row.after, upTo: row.up_to, kind: row.kind, mends: row.mends === 1 };
}

/** Marks a range done, once, and the walk finished with its last range. */
export async function finishRange(
  operations: D1Database,
  { walk, range }: RangeMessage,
  events: number,
  differences: readonly Difference[],
): Promise<void> {
  await operations.batch([
    operations
      .prepare(
        `UPDATE walk_ranges SET done_at = ?3, events = ?4, found = ?5, mended = ?6, differences = ?7
         WHERE walk_id = ?1 AND range = ?2 AND done_at IS NULL`,
      )
      .bind(
        walk,
        range,
        Date.now(),
        events,
        differences.length,
        differences.filter(({ mended }) => mended).length,
        JSON.stringify(differences.slice(0, MAX_DIFFERENCES_PER_RANGE)),
      ),
    operations
      .prepare(
        `UPDATE walks SET finished_at = ?2 WHERE id = ?1 AND finished_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM walk_ranges WHERE walk_id = ?1 AND done_at IS NULL)`,
      )
      .bind(walk, Date.now()),
  ]);
}

/** Null where there is no such walk. */
export async function readWalk(operations: D1Database, kind: WalkKind, id: string): Promise<Walk | null> {
  const row = await operations
    .prepare(
      `SELECT id, kind, mends, started_at AS startedAt, finished_at AS finishedAt,
         coalesce(sum(accounts), 0) AS total, coalesce(sum(events), 0) AS events,
         coalesce(sum(accounts) FILTER (WHERE done_at IS NOT NULL), 0) AS done,
         coalesce(sum(found), 0) AS found, coalesce(sum(mended), 0) AS mended
       FROM walks JOIN walk_ranges ON walk_id = id WHERE id = ?1 AND kind = ?2 GROUP BY id`,
    )
    .bind(id, kind)
    .first<Omit<Walk, "mends" | "differences"> & { mends: number }>();
  if (row === null) return null;
  const differences = row.found === 0 ? [] : await readDifferences(operations, id);
  return { ...row, mends: row.mends === 1, differences };
}

async function readDifferences(operations: D1Database, id: string): Promise<Difference[]> {
  const { results } = await operations
    .prepare(
      `SELECT value FROM walk_ranges, json_each(differences) WHERE walk_id = ?1 ORDER BY range LIMIT ?2`,
    )
    .bind(id, MAX_DIFFERENCES)
    .all<{ value: string }>();
  return results.map(({ value }) => JSON.parse(value));
}

export const lastVerificationSchema = z.object({
  id: z.string(),
  finishedAt: z.int().describe("Epoch milliseconds"),
  found: z.int().nonnegative().describe("Differences"),
  mended: z.int().nonnegative(),
});

type LastVerification = z.infer<typeof lastVerificationSchema>;

/** The last one that went to its end; null where none did. */
export async function lastVerification(operations: D1Database): Promise<LastVerification | null> {
  return operations
    .prepare(
      `SELECT id, finished_at AS finishedAt, sum(found) AS found, sum(mended) AS mended
       FROM walks JOIN walk_ranges ON walk_id = id
       WHERE id = (SELECT id FROM walks WHERE kind = 'verification' AND finished_at IS NOT NULL
                   ORDER BY finished_at DESC LIMIT 1)`,
    )
    .first<{ id: string | null; finishedAt: number; found: number; mended: number }>()
    .then((row) => (row?.id == null ? null : { ...row, id: row.id }));
}
