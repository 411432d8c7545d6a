// What writes the feed: each transaction adds one chunk, a row that holds its events and the totals after them.

import { ACCOUNT_STATUSES } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { countMoves, type StatusMove } from "./status-totals.ts";

/** Most events in a chunk. The largest that this system writes is about 3 KB; a row of D1 holds 2 MB (D1 documentation, "Limits"). */
export const MAX_CHUNK_EVENTS = 500;

/** Events of one account, at versions that follow each other. */
export interface FeedRun {
  readonly accountNumber: string;
  readonly events: readonly RecordedAccountEvent[];
  /** The last position of the chunk that has the account's events before these; 0 where none has. */
  readonly previous: number;
}

/** As it is kept: the index in the chunk's events, the first version, how many, and `previous`. */
export type StoredRun = readonly [index: number, version: number, count: number, previous: number];

const TOTALS = ACCOUNT_STATUSES.join(", ");

/**
 * Adds runs of different accounts at the end of the feed, and moves the totals: one row. Where there are only totals to
 * move, the newest chunk gets them. Its row, as `head`, is where it ends. `projectedAt`: epoch milliseconds, null where a repair adds the events.
 */
export function appendChunk(
  views: D1Database,
  runs: readonly FeedRun[],
  moves: readonly StatusMove[],
  projectedAt: number | null,
): D1PreparedStatement {
  const events: RecordedAccountEvent[] = [];
  const stored: [string, StoredRun][] = [];
  for (const { accountNumber, events: own, previous } of runs) {
    stored.push([accountNumber, [events.length, own[0]?.version ?? 0, own.length, previous]]);
    events.push(...own);
  }
  const moved = ACCOUNT_STATUSES.map((status, index) => `coalesce(${status}, 0) + ?${index + 5}`);
  return views
    .prepare(
      `INSERT INTO feed_chunks (last_position, first_position, events, runs, projected_at, ${TOTALS})
       SELECT head + ?1, head + 1, ?2, ?3, ?4, ${moved.join(", ")}
       FROM (SELECT coalesce(max(last_position), 0) AS head FROM feed_chunks)
         LEFT JOIN feed_chunks ON last_position = head WHERE TRUE
       ON CONFLICT (last_position) DO UPDATE SET
         ${ACCOUNT_STATUSES.map((status) => `${status} = excluded.${status}`).join(", ")}
       RETURNING last_position AS head`,
    )
    .bind(
      events.length,
      JSON.stringify(events),
      JSON.stringify(Object.fromEntries(stored)),
      projectedAt,
      ...countMoves(moves),
    );
}

/** Puts the right event where the feed has a wrong one. Numbers are bound as floating-point ones, which no path can have. */
export async function correctEvent(
  views: D1Database,
  position: number,
  event: RecordedAccountEvent,
): Promise<void> {
  await views
    .prepare(
      `UPDATE feed_chunks SET events = json_set(events, '$[' || CAST(?1 - first_position AS INTEGER) || ']', json(?2))
       WHERE last_position = (SELECT min(last_position) FROM feed_chunks WHERE last_position >= ?1)
         AND first_position <= ?1`,
    )
    .bind(position, JSON.stringify(event))
    .run();
}
