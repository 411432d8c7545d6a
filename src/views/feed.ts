// The feed: all accounts' events in one total order, at positions 1, 2, 3 … without gaps.

import type { RecordedAccountEvent } from "../account/events.ts";

/** A page that asks for certain types looks at so many positions at most, however rare those types are. */
const MAX_POSITIONS_PER_PAGE = 5_000;

interface FeedEvent {
  readonly position: number;
  readonly event: RecordedAccountEvent;
}

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Where the next page begins; null where this one reached the end. */
  readonly next: number | null;
}

/** Adds the events at the end, in the order given. */
export function appendToFeed(
  views: D1Database,
  events: readonly RecordedAccountEvent[],
): D1PreparedStatement {
  return views
    .prepare("INSERT INTO feed (event) SELECT value FROM json_each(?1) ORDER BY key")
    .bind(JSON.stringify(events));
}

/** Events after a position, at most `limit`; of the given types only, where any are given. */
export async function readFeed(
  views: D1Database,
  after: number,
  types: readonly string[] | null,
  limit: number,
): Promise<FeedPage> {
  const [page, head] = await views.batch<{ position: number | null; event: string }>([
    views
      .prepare(
        `SELECT position, event FROM feed
         WHERE position > ?1 AND position <= ?1 + ?2
           AND (?3 IS NULL OR event ->> 'type' IN (SELECT value FROM json_each(?3)))
         ORDER BY position LIMIT ?4`,
      )
      .bind(after, MAX_POSITIONS_PER_PAGE, types === null ? null : JSON.stringify(types), limit),
    views.prepare("SELECT max(position) AS position FROM feed"),
  ]);
  const events = (page?.results ?? []).map(({ position, event }) => ({
    position: position ?? 0,
    event: JSON.parse(event),
  }));
  const end = head?.results[0]?.position ?? 0;
  const last = events.at(-1)?.position ?? after;
  const reached = events.length === limit ? last : Math.min(after + MAX_POSITIONS_PER_PAGE, end);
  return { events, next: reached < end ? reached : null };
}
