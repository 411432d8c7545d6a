// What writes the feed: each transaction adds one chunk, a row that holds its events and the totals after them.

import { ACCOUNT_STATUSES } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { FOLLOWER_IDS } from "./followed.ts";
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
 * move, the newest chunk gets them. Answers where it ends, as `head`, and who follows the feed, as `ids` (`followersIn`): a
 * statement less. `projectedAt`: epoch milliseconds, null where a repair adds the events.
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
       FROM (SELECT coalesce((SELECT max(last_position) FROM feed_chunks), 0) AS head)
         LEFT JOIN feed_chunks ON last_position = head WHERE TRUE
       ON CONFLICT (last_position) DO UPDATE SET
         ${ACCOUNT_STATUSES.map((status) => `${status} = excluded.${status}`).join(", ")}
       RETURNING last_position AS head, ${FOLLOWER_IDS}`,
    )
    .bind(
      events.length,
      JSON.stringify(events),
      JSON.stringify(Object.fromEntries(stored)),
      projectedAt,
      ...countMoves(moves),
    );
}

/** What is right at a position. */
export interface Correction {
  readonly position: number;
  readonly event: RecordedAccountEvent;
}

/**
 * Puts right events where the feed has wrong ones: one statement for as many as a chunk may have, however many chunks they are in. An
 * event goes only where a run of its account says that its version stands, whatever the feed has become since it was read.
 */
export async function correctEvents(views: D1Database, corrections: readonly Correction[]): Promise<void> {
  for (let start = 0; start < corrections.length; start += MAX_CHUNK_EVENTS) {
    const some = corrections.slice(start, start + MAX_CHUNK_EVENTS);
    await views
      .prepare(
        `WITH corrections AS (
           SELECT value ->> 'position' AS position, value -> 'event' AS correct, value ->> '$.event.version' AS version,
             '$."' || (value ->> '$.event.accountNumber') || '"' AS run FROM json_each(?1)
         )
         UPDATE feed_chunks SET events = (
           SELECT json_group_array(json(coalesce(correct, events -> key)) ORDER BY key)
           FROM json_each(events) LEFT JOIN corrections ON position = first_position + key
             AND key - (runs ->> (run || '[0]')) BETWEEN 0 AND (runs ->> (run || '[2]')) - 1
             AND key - (runs ->> (run || '[0]')) + (runs ->> (run || '[1]')) = version
         )
         WHERE last_position IN (
           SELECT (SELECT min(last_position) FROM feed_chunks WHERE last_position >= position) FROM corrections
         )`,
      )
      .bind(JSON.stringify(some))
      .run();
  }
}

/**
 * Fails with the constraint `views_moved_on`, as `assertUnmoved` does, where the feed has events of the account in chunks behind
 * the one that ends at `end`, or that chunk is gone. Writes nothing.
 */
export function assertNothingSince(
  views: D1Database,
  accountNumber: string,
  end: number,
): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO moved_on
       SELECT ?1 WHERE (?2 > 0 AND NOT EXISTS (SELECT 1 FROM feed_chunks WHERE last_position = ?2))
         OR EXISTS (SELECT 1 FROM feed_chunks WHERE last_position > ?2 AND runs -> ('$."' || ?1 || '"') IS NOT NULL)`,
    )
    .bind(accountNumber, end);
}
