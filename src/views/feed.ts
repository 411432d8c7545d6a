// The feed: all accounts' events in one total order, at positions 1, 2, 3 … without gaps.

import type { RecordedAccountEvent } from "../account/events.ts";
import { upcast } from "../account/upcast.ts";
import { MAX_CHUNK_EVENTS } from "./feed-chunks.ts";
import type { FeedFilter } from "./feed-filter.ts";

/** A filtered page looks at so many positions at most, however rare what it asks for is. */
const MAX_POSITIONS_PER_PAGE = 5_000;

/** Lag is told by the newest of so many positions: reading all of the last minutes could be reading very many. */
const MAX_LAGS = 2_000;

export interface FeedEvent {
  readonly position: number;
  readonly event: RecordedAccountEvent;
}

export interface OwnedFeedEvent extends FeedEvent {
  /** Whose account it is. Null where the views have no row of the account, which only damage can bring about. */
  readonly userId: number | null;
}

export interface FeedPage {
  /** Up to here the page looked. */
  readonly reached: number;
  readonly events: readonly OwnedFeedEvent[];
  /** Where the next page begins; null where this one reached the end. */
  readonly next: number | null;
  /** The newest position, whatever was asked for. */
  readonly end: number;
}

/** The chunks that have positions after one up to another: the last of them begins before that and ends after it. */
const CHUNKS_BETWEEN = `last_position > ?1 AND last_position < ?2 + ${MAX_CHUNK_EVENTS}`;
const BETWEEN = `${CHUNKS_BETWEEN} AND first_position + key > ?1 AND first_position + key <= min(last_position, ?2)`;

/** Events after a position that match the filter, at most `limit`. */
export async function readFeed(
  views: D1Database,
  after: number,
  { types, accountNumber, userId }: FeedFilter,
  limit: number,
): Promise<FeedPage> {
  const isFiltered = types !== undefined || accountNumber !== undefined || userId !== undefined;
  const upTo = after + (isFiltered ? MAX_POSITIONS_PER_PAGE : limit);
  const [page, head] = await views.batch<{ position: number | null; event: string; userId: number | null }>([
    views
      .prepare(
        `SELECT first_position + key AS position, value AS event, user_id AS userId
         FROM feed_chunks JOIN json_each(events) LEFT JOIN accounts ON account_number = value ->> 'accountNumber'
         WHERE ${BETWEEN}
           AND (?3 IS NULL OR value ->> 'type' IN (SELECT value FROM json_each(?3)))
           AND (?4 IS NULL OR value ->> 'accountNumber' = ?4)
           AND (?5 IS NULL OR user_id = ?5)
         ORDER BY last_position, key LIMIT ?6`,
      )
      .bind(
        after,
        upTo,
        types === undefined ? null : JSON.stringify(types),
        accountNumber ?? null,
        userId ?? null,
        limit,
      ),
    views.prepare("SELECT max(last_position) AS position FROM feed_chunks"),
  ]);
  const events = (page?.results ?? []).map(({ position, event, userId }) => ({
    position: position ?? 0,
    userId,
    event: upcast(JSON.parse(event)),
  }));
  const end = head?.results[0]?.position ?? 0;
  const last = events.at(-1)?.position ?? after;
  const reached = events.length === limit ? last : Math.min(upTo, end);
  return { events, reached, next: reached < end ? reached : null, end };
}

/** The newest position; 0 where there is none. */
export async function readFeedHead(views: D1Database): Promise<number> {
  return (
    (await views.prepare("SELECT max(last_position) AS head FROM feed_chunks").first<number>("head")) ?? 0
  );
}

/** The id of the event at a position; null where there is none. */
export async function readFeedEventId(views: D1Database, position: number): Promise<string | null> {
  return views
    .prepare(
      `SELECT value ->> 'id' AS id FROM feed_chunks JOIN json_each(events)
       WHERE last_position = (SELECT min(last_position) FROM feed_chunks WHERE last_position >= ?1)
         AND first_position + key = ?1`,
    )
    .bind(position)
    .first<string>("id");
}

/** How long an event took from its commit to the feed. */
export interface Lag {
  readonly type: string;
  readonly lagMs: number;
}

/** Of the newest events projected since a time, the shortest first. */
export async function readLags(views: D1Database, since: number): Promise<Lag[]> {
  const { results } = await views
    .prepare(
      `SELECT value ->> 'type' AS type, projected_at - (value ->> 'createdAt') AS lagMs FROM feed_chunks JOIN json_each(events)
       WHERE last_position > (SELECT max(last_position) FROM feed_chunks) - ?1 AND projected_at > ?2 ORDER BY lagMs`,
    )
    .bind(MAX_LAGS, since)
    .all<Lag>();
  return results;
}
