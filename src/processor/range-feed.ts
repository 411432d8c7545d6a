// What the feed has of a range of accounts: read along each account's chain, or found in one pass over the feed for all of them.

import { endsChunk, readRuns, type StoredFeedRun, scanRuns } from "../views/account-feed.ts";
import type { AccountRow } from "../views/accounts-view.ts";
import { readFeedHead } from "../views/feed.ts";
import type { AccountRange } from "./directory.ts";
import { FeedPart } from "./feed-part.ts";

export class RangeFeed {
  readonly #views: D1Database;
  readonly #range: AccountRange;
  /** Whether the feed is as long as it has to be, so that chains can be followed; else, nothing is taken on trust. */
  readonly isWhole: boolean;
  /** What was found up to `#end`. Chunks never go, nor do events in them move, so only what came since is looked through again. */
  #runs = new Map<string, StoredFeedRun[]>();
  #end = 0;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(views: D1Database, range: AccountRange, isWhole: boolean) {
    this.#views = views;
    this.#range = range;
    this.isWhole = isWhole;
  }

  /** Accounts that it has events of. Of a feed that is whole, none are told: the views have a row of each. */
  async accountNumbers(): Promise<string[]> {
    if (this.isWhole) return [];
    await this.#readOn();
    return [...this.#runs.keys()];
  }

  /** What it has of an account now. `row`: the account's, read before; null where the view has none. */
  async partOf(
    accountNumber: string,
    row: Pick<AccountRow, "version" | "feedPosition"> | null,
  ): Promise<FeedPart> {
    if (this.isWhole) {
      const end = await readFeedHead(this.#views);
      const runs = await readRuns(this.#views, accountNumber, row?.feedPosition ?? 0);
      if (hasAll(runs, row?.version ?? 0)) return new FeedPart(this.#views, accountNumber, runs, end, true);
    }
    await this.#readOn();
    const runs = this.#runs.get(accountNumber) ?? [];
    return new FeedPart(this.#views, accountNumber, runs, this.#end, false);
  }

  /** One pass at a time; all who come during one share the next, because they ask for what is there by now. */
  #readOn(): Promise<void> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = null;
        this.#reading = this.#read();
        return this.#reading;
      });
    return this.#next;
  }

  async #read(): Promise<void> {
    const head = await readFeedHead(this.#views);
    // Then the feed was lost meanwhile, and what was found is there no more; it may have grown again, too.
    const isLost = this.#end > 0 && !(await endsChunk(this.#views, this.#end));
    const found = await scanRuns(this.#views, this.#range, isLost ? 0 : this.#end, head);
    if (isLost) this.#runs.clear();
    for (const [accountNumber, runs] of found) {
      this.#runs.set(accountNumber, [...(this.#runs.get(accountNumber) ?? []), ...runs]);
    }
    this.#end = head;
  }
}

/** Whether the runs are versions 1 up to that one, each once. */
export function hasAll(runs: readonly StoredFeedRun[], version: number): boolean {
  let reached = 0;
  for (const run of runs.toSorted((one, other) => one.version - other.version)) {
    if (run.version !== reached + 1) return false;
    reached += run.count;
  }
  return reached === version;
}
