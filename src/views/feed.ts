// The feed: all accounts' events in one total order, at positions 1, 2, 3 … without gaps.

import type { RecordedAccountEvent } from "../account/events.ts";
import { upcast } from "../account/upcast.ts";
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
  /** Whose account it is. Null where the feed lacks the account's first event, which only damage can bring about. */
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

/**
 * Adds at the end, in the order given, those of the events that the feed does not have, and corrects those that it has
 * wrong. `projectedAt`: epoch milliseconds, null where a repair adds them.
 */
export function writeToFeed(
  views: D1Database,
  events: readonly RecordedAccountEvent[],
  projectedAt: number | null,
): D1PreparedStatement {
  return views
    .prepare(
      `INSERT INTO feed (account_number, version, event, projected_at)
       SELECT value ->> 'accountNumber', value ->> 'version', value, ?2 FROM json_each(?1) WHERE TRUE ORDER BY key
       ON CONFLICT (account_number, version) DO UPDATE SET event = excluded.event WHERE event <> excluded.event`,
    )
    .bind(JSON.stringify(events), projectedAt);
}

/** What the feed has at an account's version: null where that is no event at all. */
export interface AccountFeedEntry {
  readonly position: number;
  readonly version: number;
  readonly event: RecordedAccountEvent | null;
}

/** An account's part of the feed, after one version up to another, in order of version. */
export async function readAccountFeed(
  views: D1Database,
  accountNumber: string,
  after: number,
  upTo: number,
): Promise<AccountFeedEntry[]> {
  const { results } = await views
    .prepare(
      `SELECT position, version, event FROM feed
       WHERE account_number = ?1 AND version > ?2 AND version <= ?3 ORDER BY version`,
    )
    .bind(accountNumber, after, upTo)
    .all<{ position: number; version: number; event: string }>();
  return results.map(({ event, ...place }) => ({ ...place, event: eventIn(event) }));
}

function eventIn(text: string): RecordedAccountEvent | null {
  try {
    return upcast(JSON.parse(text));
  } catch {
    return null;
  }
}

/** When the newest event of one of the types happened to each of the accounts; epoch milliseconds, by account number. */
export async function readNewestOfTypes(
  views: D1Database,
  accountNumbers: readonly string[],
  types: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { results } = await views
    .prepare(
      // Beside max(), SQLite takes the other columns from the row that has the maximum.
      `SELECT account_number AS accountNumber, max(version), event ->> 'createdAt' AS createdAt FROM feed
       WHERE account_number IN (SELECT value FROM json_each(?1))
         AND event ->> 'type' IN (SELECT value FROM json_each(?2))
       GROUP BY account_number`,
    )
    .bind(JSON.stringify(accountNumbers), JSON.stringify(types))
    .all<{ accountNumber: string; createdAt: number }>();
  return new Map(results.map(({ accountNumber, createdAt }) => [accountNumber, createdAt]));
}

/**
 * Events after a position that match the filter, at most `limit`. Whose an account is, its first event says: that is in
 * the feed before any other of the account, whereas a long repair writes the account's row last.
 */
export async function readFeed(
  views: D1Database,
  after: number,
  { types, accountNumber, userId }: FeedFilter,
  limit: number,
): Promise<FeedPage> {
  const [page, head] = await views.batch<{ position: number | null; event: string; userId: number | null }>([
    views
      .prepare(
        `SELECT feed.position, feed.event, first.event ->> '$.data.userId' AS userId
         FROM feed LEFT JOIN feed AS first ON first.account_number = feed.account_number AND first.version = 1
         WHERE feed.position > ?1 AND feed.position <= ?1 + ${MAX_POSITIONS_PER_PAGE}
           AND (?2 IS NULL OR feed.event ->> 'type' IN (SELECT value FROM json_each(?2)))
           AND (?3 IS NULL OR feed.account_number = ?3)
           AND (?4 IS NULL OR first.event ->> '$.data.userId' = ?4)
         ORDER BY feed.position LIMIT ?5`,
      )
      .bind(
        after,
        types === undefined ? null : JSON.stringify(types),
        accountNumber ?? null,
        userId ?? null,
        limit,
      ),
    views.prepare("SELECT max(position) AS position FROM feed"),
  ]);
  const events = (page?.results ?? []).map(({ position, event, userId }) => ({
    position: position ?? 0,
    userId,
    event: upcast(JSON.parse(event)),
  }));
  const end = head?.results[0]?.position ?? 0;
  const last = events.at(-1)?.position ?? after;
  const reached = events.length === limit ? last : Math.min(after + MAX_POSITIONS_PER_PAGE, end);
  return { events, reached, next: reached < end ? reached : null, end };
}

/** The newest position; 0 where there is none. */
export async function readFeedHead(views: D1Database): Promise<number> {
  return (await views.prepare("SELECT max(position) AS head FROM feed").first<number>("head")) ?? 0;
}

/** The id of the event at a position; null where there is none. */
export async function readFeedEventId(views: D1Database, position: number): Promise<string | null> {
  return views
    .prepare("SELECT event ->> 'id' AS id FROM feed WHERE position = ?1")
    .bind(position)
    .first<string>("id");
}

/** How long events took from their commit to the feed, in milliseconds, ascending: of the newest ones projected since a time. */
export async function readLags(views: D1Database, since: number): Promise<number[]> {
  const { results } = await views
    .prepare(
      `SELECT projected_at - (event ->> 'createdAt') AS lag FROM feed
       WHERE position > (SELECT max(position) FROM feed) - ?1 AND projected_at > ?2 ORDER BY lag`,
    )
    .bind(MAX_LAGS, since)
    .all<{ lag: number }>();
  return results.map(({ lag }) => lag);
}
