// Walks: one operation over every account there is. A rebuild repairs each; a verification compares each, and mends it
// if asked to. A walk is cut into ranges of accounts, which go through a queue; what is done is marked in the database.

import * as z from "zod";
import { isFeedAsLongAsVersions } from "../views/account-feed.ts";
import { type Difference, type DifferencesPage, readDifferences } from "./differences.ts";
import type { AccountRange } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";

export type WalkKind = "rebuild" | "verification";

/** A message of the queue `account-repairs`: a range of a walk. */
export interface RangeMessage {
  readonly walk: string;
  readonly range: number;
  /** Whether the feed was as long as it has to be when the message was sent; else, or left out, nothing is taken on trust. */
  readonly isFeedWhole?: boolean | undefined;
}

/** Another one: there are ranges of the walk that were never sent. */
interface MoreRangesMessage {
  readonly walk: string;
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
  /** How many differences there were (in a rebuild: accounts that had to be parked), and how many are mended. */
  readonly found: number;
  readonly mended: number;
  /** The first so many of them. */
  readonly differences: readonly Difference[];
}

/**
 * Large enough that messages cost next to nothing, small enough for the thousand queries that D1 takes from one
 * invocation (D1 documentation, "Limits"): an account takes about one, and twenty where it is to be mended.
 */
const ACCOUNTS_PER_RANGE = 40;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;
/** So often one invocation sends: 80,000 accounts. Of a larger walk the next one goes on. */
const MAX_SENDS = 20;
/** So many are shown at a time, the newest first. */
const MAX_WALKS_PER_PAGE = 20;
/** In the place of a time. */
const NEVER_SENT = 0;
/** Who was sent for so short a time is still waited for. */
const RESEND_AFTER_MS = 10_000;

/**
 * Starts a walk, or joins the one of its kind that is not finished: its ranges that are not done are sent again after a while, since
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
  await sendRanges(env, walk, Date.now() - RESEND_AFTER_MS);
  return walk;
}

/** Goes on sending what a start left. */
export function sendMoreRanges(env: ProcessorEnv, { walk }: MoreRangesMessage): Promise<void> {
  return sendRanges(env, walk, NEVER_SENT + 1);
}

/** Sends the ranges that are not done and were not sent since; after so many, a message to go on. */
async function sendRanges(
  { OPERATIONS: operations, VIEWS, ACCOUNT_REPAIRS }: ProcessorEnv,
  walk: string,
  sentBefore: number,
): Promise<void> {
  const { results } = await operations
    .prepare(
      `SELECT range FROM walk_ranges WHERE walk_id = ?1 AND done_at IS NULL AND sent_at < ?2
       ORDER BY range LIMIT ${MAX_SENDS * MAX_MESSAGES_PER_SEND + 1}`,
    )
    .bind(walk, sentBefore)
    .all<{ range: number }>();
  if (results.length === 0) return;
  const isFeedWhole = await isFeedAsLongAsVersions(VIEWS);
  for (let sends = 0; sends < MAX_SENDS; sends++) {
    const start = sends * MAX_MESSAGES_PER_SEND;
    const ranges = results.slice(start, start + MAX_MESSAGES_PER_SEND).map(({ range }) => range);
    if (ranges.length === 0) return;
    await ACCOUNT_REPAIRS.sendBatch(ranges.map((range) => ({ body: { walk, range, isFeedWhole } })));
    await operations
      .prepare(
        "UPDATE walk_ranges SET sent_at = ?2 WHERE walk_id = ?1 AND range IN (SELECT value FROM json_each(?3))",
      )
      .bind(walk, Date.now(), JSON.stringify(ranges))
      .run();
  }
  if (results.length > MAX_SENDS * MAX_MESSAGES_PER_SEND)
    await ACCOUNT_REPAIRS.sendBatch([{ body: { walk } }]);
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

/**
 * A range as far as its accounts after `from` up to one are done: the rest goes on behind that. Whoever else does the same
 * range, may have been there before. Answers the rest.
 */
export async function shortenRange(
  operations: D1Database,
  { walk, range }: RangeMessage,
  rest: WalkRange,
  upTo: string,
  events: number,
): Promise<WalkRange> {
  await operations
    .prepare(
      `UPDATE walk_ranges SET after = ?4, events = events + ?5
       WHERE walk_id = ?1 AND range = ?2 AND after = ?3 AND done_at IS NULL`,
    )
    .bind(walk, range, rest.after, upTo, events)
    .run();
  return { ...rest, after: upTo };
}

/** Marks a range done, once, and the walk finished with its last range. `events`: of its last accounts. */
export async function finishRange(
  operations: D1Database,
  { walk, range }: RangeMessage,
  events: number,
): Promise<void> {
  await operations.batch([
    operations
      .prepare(
        `UPDATE walk_ranges SET done_at = ?3, events = events + ?4
         WHERE walk_id = ?1 AND range = ?2 AND done_at IS NULL`,
      )
      .bind(walk, range, Date.now(), events),
    operations
      .prepare(
        `UPDATE walks SET finished_at = ?2 WHERE id = ?1 AND finished_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM walk_ranges WHERE walk_id = ?1 AND done_at IS NULL)`,
      )
      .bind(walk, Date.now()),
  ]);
}

const NO_DIFFERENCES: Pick<DifferencesPage, "differences"> = { differences: [] };

/** How many differences a walk found, and how many of them are mended. */
const COUNTED_DIFFERENCES = `
  (SELECT count(*) FROM differences WHERE walk_id = walks.id) AS found,
  (SELECT count(*) FROM differences WHERE walk_id = walks.id AND mended = 1) AS mended`;

/** A place in the order of walks: when one started, in epoch milliseconds, and what tells those of one moment apart. */
export const walkPositionSchema = z.tuple([z.int().nonnegative(), z.string()]);

type WalkPosition = Readonly<z.infer<typeof walkPositionSchema>>;

/** A walk in a list: how far it is takes a look at each of its ranges, so that it alone says so. */
export type ListedWalk = Omit<Walk, "total" | "done" | "events" | "differences">;

interface WalksPage {
  readonly walks: readonly ListedWalk[];
  /** Where the next page begins; null where this one has the last. */
  readonly next: WalkPosition | null;
}

/** Walks of a kind after a place, the newest first. */
export async function listWalks(
  operations: D1Database,
  kind: WalkKind,
  [startedAt, id]: WalkPosition = [Number.MAX_SAFE_INTEGER, ""],
): Promise<WalksPage> {
  const { results } = await operations
    .prepare(
      `SELECT id, kind, mends, started_at AS startedAt, finished_at AS finishedAt, ${COUNTED_DIFFERENCES}
       FROM walks WHERE kind = ?1 AND (started_at, id) < (?2, ?3)
       ORDER BY started_at DESC, id DESC LIMIT ?4`,
    )
    .bind(kind, startedAt, id, MAX_WALKS_PER_PAGE + 1)
    .all<Omit<ListedWalk, "mends"> & { mends: number }>();
  const shown = results.slice(0, MAX_WALKS_PER_PAGE);
  const last = shown.at(-1);
  return {
    walks: shown.map((walk) => ({ ...walk, mends: walk.mends === 1 })),
    next: results.length > shown.length && last !== undefined ? [last.startedAt, last.id] : null,
  };
}

/** Null where there is no such walk. */
export async function readWalk(operations: D1Database, kind: WalkKind, id: string): Promise<Walk | null> {
  const row = await operations
    .prepare(
      `SELECT id, kind, mends, started_at AS startedAt, finished_at AS finishedAt,
         coalesce(sum(accounts), 0) AS total, coalesce(sum(events), 0) AS events,
         coalesce(sum(accounts) FILTER (WHERE done_at IS NOT NULL), 0) AS done, ${COUNTED_DIFFERENCES}
       FROM walks JOIN walk_ranges ON walk_id = id WHERE id = ?1 AND kind = ?2 GROUP BY id`,
    )
    .bind(id, kind)
    .first<Omit<Walk, "mends" | "differences"> & { mends: number }>();
  if (row === null) return null;
  const { differences } = row.found === 0 ? NO_DIFFERENCES : await readDifferences(operations, id);
  return { ...row, mends: row.mends === 1, differences };
}

export async function hasWalk(operations: D1Database, kind: WalkKind, id: string): Promise<boolean> {
  const row = await operations
    .prepare("SELECT 1 FROM walks WHERE id = ?1 AND kind = ?2")
    .bind(id, kind)
    .first();
  return row !== null;
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
      `SELECT id, finished_at AS finishedAt, ${COUNTED_DIFFERENCES} FROM walks
       WHERE kind = 'verification' AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1`,
    )
    .first<LastVerification>();
}
