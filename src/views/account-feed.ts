// One account's part of the feed. No index leads to it: the account's row names the newest chunk that has events of it,
// and each chunk names the one before, so it is read along that chain.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { upcast } from "../account/upcast.ts";
import type { AccountRow } from "./accounts-view.ts";
import type { StoredRun } from "./feed-chunks.ts";

/** Links of a chain that one query follows. */
const MAX_LINKS_PER_QUERY = 10_000;
/** A database of D1 is no larger, and no event is smaller as it is kept (D1 documentation, "Limits"). */
const MAX_DATABASE_BYTES = 10_000_000_000;
export const MIN_EVENT_BYTES = 250;
/** So no feed is longer. */
export const MAX_FEED_LENGTH = MAX_DATABASE_BYTES / MIN_EVENT_BYTES;
/**
 * Positions that one query looks through where there is no chain to follow: 50 to 100 MB. All that a feed can have takes 200
 * queries, of the thousand that D1 takes from one invocation.
 */
const POSITIONS_PER_SCAN = 200_000;

/** Versions that are looked at in one query for the newest of a type, and what else is in the chunk of the last of them. */
const VERSIONS_PER_LOOK = 100;

/** Events of an account at versions that follow each other, in one chunk. */
export interface StoredFeedRun {
  readonly version: number;
  readonly count: number;
  /** Of the first of them. */
  readonly position: number;
  /** The last position of that chunk. */
  readonly chunk: number;
  /** The chunk that it says has those before; 0 where none has. */
  readonly previous: number;
}

interface RunRow {
  readonly lastPosition: number;
  readonly firstPosition: number;
  readonly run: string;
}

/** A piece of a chain: its runs, the newest first, and the chunk that the rest begins with; 0 where there is none. */
interface ChainPiece {
  readonly runs: readonly StoredFeedRun[];
  readonly next: number;
}

/** One query along a chain, from a chunk on, until a run begins at the version `from` or before. */
async function followChain(
  views: D1Database,
  accountNumber: string,
  head: number,
  from: number,
): Promise<ChainPiece> {
  const { results } = await views
    .prepare(
      `WITH RECURSIVE chain (lastPosition, firstPosition, run) AS (
         SELECT last_position, first_position, runs -> ?2 FROM feed_chunks WHERE last_position = ?1
         UNION ALL
         SELECT last_position, first_position, runs -> ?2 FROM chain
           JOIN feed_chunks ON last_position = run ->> 3 AND last_position < lastPosition AND run ->> 1 > ?3
         LIMIT ${MAX_LINKS_PER_QUERY}
       ) SELECT * FROM chain WHERE run IS NOT NULL`,
    )
    .bind(head, pathOf(accountNumber), from)
    .all<RunRow>();
  const last = results.at(-1);
  const previous = last === undefined ? 0 : parseRun(last.run)[3];
  // A link that does not lead back is broken.
  return { runs: results.map(runOf), next: previous < (last?.lastPosition ?? 0) ? previous : 0 };
}

/**
 * Where an account's events are, along its chain from a chunk on, back to the version `from`; 0: all that it leads to. A chain
 * that is broken ends where it is.
 */
export async function readRuns(
  views: D1Database,
  accountNumber: string,
  head: number,
  from = 0,
): Promise<StoredFeedRun[]> {
  const runs: StoredFeedRun[] = [];
  for (let next = head; next > 0 && (runs.at(-1)?.version ?? Number.POSITIVE_INFINITY) > from; ) {
    const piece = await followChain(views, accountNumber, next, from);
    runs.push(...piece.runs);
    next = piece.runs.length < MAX_LINKS_PER_QUERY ? 0 : piece.next;
  }
  return runs;
}

/** A range of account numbers: after one, up to another; null is no end. */
interface NumberRange {
  readonly after: string;
  readonly upTo: string | null;
}

/**
 * Where the events of a range's accounts are, found by looking through the feed after a position up to another: right whatever
 * the chains say, and slow, so it is done once for all of the range. Has accounts, too, that nobody else knows of.
 */
export async function scanRuns(
  views: D1Database,
  { after, upTo }: NumberRange,
  from: number,
  end: number,
): Promise<Map<string, StoredFeedRun[]>> {
  const runs = new Map<string, StoredFeedRun[]>();
  await scan(from, end, async (start, stop) => {
    const { results } = await views
      .prepare(
        `SELECT key AS accountNumber, last_position AS lastPosition, first_position AS firstPosition, value AS run
         FROM feed_chunks JOIN json_each(runs)
         WHERE last_position > ?1 AND last_position <= ?2 AND key > ?3 AND (?4 IS NULL OR key <= ?4)`,
      )
      .bind(start, stop, after, upTo)
      .all<RunRow & { accountNumber: string }>();
    for (const { accountNumber, ...row } of results) {
      const own = runs.get(accountNumber) ?? [];
      runs.set(accountNumber, own);
      own.push(runOf(row));
    }
  });
  return runs;
}

/** The chains of several accounts, by number, from where their rows say that they begin: one query for all. */
export async function readChains(
  views: D1Database,
  rows: readonly Pick<AccountRow, "accountNumber" | "feedPosition">[],
): Promise<Map<string, StoredFeedRun[]>> {
  if (rows.length === 0) return new Map();
  const heads = rows.map(({ accountNumber, feedPosition }) => [
    accountNumber,
    feedPosition,
    pathOf(accountNumber),
  ]);
  const { results } = await views
    .prepare(
      `WITH RECURSIVE chain (accountNumber, path, lastPosition, firstPosition, run) AS (
         SELECT value ->> 0, value ->> 2, last_position, first_position, runs -> (value ->> 2)
         FROM json_each(?1) JOIN feed_chunks ON last_position = value ->> 1
         UNION ALL
         SELECT accountNumber, path, last_position, first_position, runs -> path FROM chain
           JOIN feed_chunks ON last_position = run ->> 3 AND last_position < lastPosition
         LIMIT ${MAX_LINKS_PER_QUERY}
       ) SELECT accountNumber, lastPosition, firstPosition, run FROM chain WHERE run IS NOT NULL`,
    )
    .bind(JSON.stringify(heads))
    .all<RunRow & Pick<AccountRow, "accountNumber">>();
  const chains = Map.groupBy(results, ({ accountNumber }) => accountNumber);
  return new Map([...chains].map(([accountNumber, links]) => [accountNumber, links.map(runOf)]));
}

/** Makes a chain of an account's runs, in the order of the feed. */
export async function relinkRuns(
  views: D1Database,
  accountNumber: string,
  runs: readonly StoredFeedRun[],
): Promise<void> {
  const inOrder = runs.toSorted((one, other) => one.chunk - other.chunk);
  const links = inOrder.flatMap(({ chunk, previous }, index) => {
    const right = inOrder[index - 1]?.chunk ?? 0;
    return previous === right ? [] : [[chunk, right]];
  });
  if (links.length === 0) return;
  await views
    .prepare(
      `UPDATE feed_chunks SET runs = json_replace(runs, ?2 || '[3]', link.value ->> 1)
       FROM json_each(?1) AS link WHERE last_position = link.value ->> 0`,
    )
    .bind(JSON.stringify(links), pathOf(accountNumber))
    .run();
}

/**
 * Whether the feed is as long as the versions of all accounts together. Every transaction leaves it so; where it is not,
 * rows or chunks are missing, or some are there twice.
 */
export async function isFeedAsLongAsVersions(views: D1Database): Promise<boolean> {
  const [versions, head] = await views.batch<{ number: number | null }>([
    views.prepare("SELECT sum(version) AS number FROM accounts"),
    views.prepare("SELECT max(last_position) AS number FROM feed_chunks"),
  ]);
  let length = 0;
  // What is behind that head came after the versions were read.
  const end = head?.results[0]?.number ?? 0;
  await scan(0, end, async (after, upTo) => {
    length +=
      (await views
        .prepare(
          `SELECT coalesce(sum(last_position - first_position + 1), 0) AS length FROM feed_chunks
           WHERE last_position > ?1 AND last_position <= ?2`,
        )
        .bind(after, upTo)
        .first<number>("length")) ?? 0;
  });
  return length === (versions?.results[0]?.number ?? 0);
}

/** Goes over the feed, after a position up to another, in pieces each small enough for one query. */
async function scan(
  from: number,
  end: number,
  look: (after: number, upTo: number) => Promise<void>,
): Promise<void> {
  for (let after = from; after < end; after += POSITIONS_PER_SCAN) {
    await look(after, Math.min(after + POSITIONS_PER_SCAN, end));
  }
}

/** Whether a chunk of the feed ends at a position. */
export async function endsChunk(views: D1Database, position: number): Promise<boolean> {
  const chunk = views.prepare("SELECT 1 FROM feed_chunks WHERE last_position = ?1").bind(position);
  return (await chunk.first()) !== null;
}

/** What the feed has at an account's version: null where that is no event at all. */
export interface AccountFeedEntry {
  readonly position: number;
  readonly version: number;
  readonly event: RecordedAccountEvent | null;
}

/** What stands where these runs are, after one version up to another. */
export async function readEntries(
  views: D1Database,
  runs: readonly StoredFeedRun[],
  after: number,
  upTo: number,
): Promise<AccountFeedEntry[]> {
  const wanted = runs.flatMap(({ version, count, position }) => {
    const from = Math.max(version, after + 1);
    const to = Math.min(version + count - 1, upTo);
    return from > to ? [] : [[position + from - version, position + to - version, from]];
  });
  if (wanted.length === 0) return [];
  const { results } = await views
    .prepare(
      `SELECT first_position + item.key AS position, wanted.value ->> 2 AS version, wanted.value ->> 0 AS start,
         item.value AS event
       FROM json_each(?1) AS wanted
         CROSS JOIN feed_chunks ON last_position =
           (SELECT min(last_position) FROM feed_chunks WHERE last_position >= wanted.value ->> 0)
         CROSS JOIN json_each(events) AS item
       WHERE first_position + item.key BETWEEN wanted.value ->> 0 AND wanted.value ->> 1`,
    )
    .bind(JSON.stringify(wanted))
    .all<{ position: number; version: number; start: number; event: string }>();
  return results
    .map(({ position, version, start, event }) => ({
      position,
      version: version + position - start,
      event: eventIn(event),
    }))
    .toSorted((one, other) => one.version - other.version || one.position - other.position);
}

/** Some of an account's events, in order of version. */
export async function readAccountFeed(
  views: D1Database,
  accountNumber: string,
  after: number,
  upTo: number,
): Promise<AccountFeedEntry[]> {
  return readEntries(views, await readRunsBetween(views, accountNumber, after + 1, upTo), after, upTo);
}

/** When the newest event of one of the types happened to an account, by the feed; epoch milliseconds, 0 for never. */
export async function readNewestOfTypes(
  views: D1Database,
  { accountNumber, version }: Pick<Account, "accountNumber" | "version">,
  types: readonly string[],
): Promise<number> {
  let upTo = version;
  // Nearly always it is among the newest; else the whole chain is read.
  for (const from of [Math.max(version - VERSIONS_PER_LOOK + 1, 1), 1]) {
    const runs = await readRunsBetween(views, accountNumber, from, version);
    for (; upTo >= from; upTo -= VERSIONS_PER_LOOK) {
      const entries = await readEntries(views, runs, upTo - VERSIONS_PER_LOOK, upTo);
      const newest = entries.findLast(({ event }) => event !== null && types.includes(event.type));
      if (newest?.event) return newest.event.createdAt;
    }
  }
  return 0;
}

/**
 * Where an account's events from a version up to another are. Reads the chain no further down than to these, unless some are
 * missed there: what a repair added later comes at the chain's end, whatever its version.
 */
async function readRunsBetween(
  views: D1Database,
  accountNumber: string,
  from: number,
  upTo: number,
): Promise<StoredFeedRun[]> {
  const head = await readChainHead(views, accountNumber);
  const runs = await readRuns(views, accountNumber, head, from);
  const found = new Set(
    runs.flatMap(({ version, count }) => Array.from({ length: count }, (_, index) => version + index)),
  );
  for (let version = from; version <= upTo; version++) {
    if (!found.has(version)) return readRuns(views, accountNumber, head);
  }
  return runs;
}

async function readChainHead(views: D1Database, accountNumber: string): Promise<number> {
  const head = await views
    .prepare("SELECT feed_position FROM accounts WHERE account_number = ?1")
    .bind(accountNumber)
    .first<number>("feed_position");
  return head ?? 0;
}

/** An account's number has no character that would have to be escaped. */
const pathOf = (accountNumber: string): string => `$."${accountNumber}"`;

function runOf({ lastPosition, firstPosition, run }: RunRow): StoredFeedRun {
  const [index, version, count, previous] = parseRun(run);
  return { position: firstPosition + index, version, count, chunk: lastPosition, previous };
}

function parseRun(run: string): StoredRun {
  return JSON.parse(run);
}

function eventIn(text: string): RecordedAccountEvent | null {
  try {
    return upcast(JSON.parse(text));
  } catch {
    return null;
  }
}
