// What the feed has of one account, while its log is gone over: what is missing there, and what stands there wrong.

import { MAX_LOG_SLICE } from "../account/account-log.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { type AccountFeedEntry, readEntries, relinkRuns, type StoredFeedRun } from "../views/account-feed.ts";

export class FeedPart {
  readonly #views: D1Database;
  readonly #accountNumber: string;
  readonly #runs: readonly StoredFeedRun[];
  /** Whether a chain leads from the account's row to all that it speaks of. */
  readonly isChain: boolean;
  #entries = new Map<number, AccountFeedEntry[]>();
  #upTo = 0;
  /** Where its newest chunk ends; 0 where it has none. */
  readonly head: number;
  /** Behind this position the feed may have events of the account that are not in here: it was looked at earlier. */
  readonly end: number;

  constructor(
    views: D1Database,
    accountNumber: string,
    runs: readonly StoredFeedRun[],
    end: number,
    isChain: boolean,
  ) {
    this.#views = views;
    this.#accountNumber = accountNumber;
    this.#runs = runs;
    this.isChain = isChain;
    this.head = runs.reduce((newest, { chunk }) => Math.max(newest, chunk), 0);
    this.end = Math.max(end, this.head);
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
  async relink(): Promise<void> {
    if (!this.isChain) await relinkRuns(this.#views, this.#accountNumber, this.#runs);
  }
}

/** Whether the entry is the event, as of today's shape. */
export function isEntryOf({ event }: AccountFeedEntry, logged: RecordedAccountEvent): boolean {
  return JSON.stringify(event) === JSON.stringify(logged);
}
