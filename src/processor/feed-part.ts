// What the feed has of one account, while its log is gone over: what is missing there, and what stands there wrong.

import { MAX_LOG_SLICE } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import {
  type AccountFeedEntry,
  readEntries,
  readRuns,
  relinkRuns,
  type StoredFeedRun,
  scanRuns,
} from "../views/account-feed.ts";
import type { AccountRow } from "../views/accounts-view.ts";

export class FeedPart {
  readonly #views: D1Database;
  readonly #runs: readonly StoredFeedRun[];
  readonly #isChain: boolean;
  #entries = new Map<number, AccountFeedEntry[]>();
  #upTo = 0;
  /** Where its newest chunk ends; 0 where it has none. */
  readonly head: number;

  /**
   * `row`: the account's, read before; null where the view has none. Follows the chain from there, where the feed as a
   * whole is as long as it has to be and the chain leads to all that the row speaks of; else looks through the feed.
   */
  static async read(
    views: D1Database,
    accountNumber: string,
    row: Pick<AccountRow, "version" | "feedPosition"> | null,
    isFeedWhole: boolean,
  ): Promise<FeedPart> {
    if (isFeedWhole) {
      const runs = await readRuns(views, accountNumber, row?.feedPosition ?? 0);
      if (hasAll(runs, row?.version ?? 0)) return new FeedPart(views, runs, true);
    }
    return new FeedPart(views, await scanRuns(views, accountNumber), false);
  }

  private constructor(views: D1Database, runs: readonly StoredFeedRun[], isChain: boolean) {
    this.#views = views;
    this.#runs = runs;
    this.#isChain = isChain;
    this.head = Math.max(0, ...runs.map(({ chunk }) => chunk));
  }

  /** What stands at a version: more than one entry only in a damaged feed. Versions are asked for in ascending order. */
  async at(version: number): Promise<readonly AccountFeedEntry[]> {
    if (version > this.#upTo) {
      this.#upTo = version - 1 + MAX_LOG_SLICE;
      const entries = await readEntries(this.#views, this.#runs, version - 1, this.#upTo);
      this.#entries = Map.groupBy(entries, (entry) => entry.version);
    }
    return this.#entries.get(version) ?? [];
  }

  /** What stands behind a version. */
  after(version: number): Promise<AccountFeedEntry[]> {
    return readEntries(this.#views, this.#runs, version, Number.MAX_SAFE_INTEGER);
  }

  /** Makes a chain of what there is, unless it is one. */
  async relink(accountNumber: string): Promise<void> {
    if (!this.#isChain && this.#runs.length > 0) await relinkRuns(this.#views, accountNumber, this.#runs);
  }
}

/** Whether the entry is the event, as of today's shape. */
export function isEntryOf({ event }: AccountFeedEntry, logged: RecordedAccountEvent): boolean {
  return JSON.stringify(event) === JSON.stringify(logged);
}

/** Whether the runs are versions 1 up to that one, each once. */
function hasAll(runs: readonly StoredFeedRun[], version: number): boolean {
  let reached = 0;
  for (const run of runs.toSorted((one, other) => one.version - other.version)) {
    if (run.version !== reached + 1) return false;
    reached += run.count;
  }
  return reached === version;
}
