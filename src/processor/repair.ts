// Repair: the one way to make an account's views what its log says. A gap, a parked account, a rebuild and a
// verification that mends are all this, over one account or over all.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { evolve } from "../account/evolve.ts";
import { type AccountRow, isMovedOn, isRefused, projectedAccount, readRows } from "../views/accounts-view.ts";
import { type Correction, correctEvents, MAX_CHUNK_EVENTS } from "../views/feed-chunks.ts";
import { registerAccounts } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { eventsAfter } from "./events-after.ts";
import { type FeedPart, isEntryOf } from "./feed-part.ts";
import type { RangeFeed } from "./range-feed.ts";
import { type RowBefore, type Step, writeSteps } from "./steps.ts";

/** An event that can't be applied: the account waits for a person, or for newer code, in front of it. */
export class Unprojectable extends Error {
  override readonly name = "Unprojectable";
  readonly version: number;

  constructor(version: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.version = version;
  }
}

/** Another writer may move the account on between our reading and our writing; it can't go on doing so for long. */
const MAX_ATTEMPTS = 10;

/**
 * Reads the account's log from its owner, folds it, and writes what the account's row, its part of the totals and the feed
 * have to be, in guarded transactions. Without `feed` it begins at the checkpoint: the row is taken as the fold of the log that
 * far, and the feed as having the events that far, and only what follows is read. With it, which has the account in its range,
 * nothing is taken on trust. Answers the version that the views are at. Throws `Unprojectable`, having brought the views as
 * far as the event before; a row that was further stays as it is.
 */
export async function repair(env: ProcessorEnv, accountNumber: string, feed?: RangeFeed): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const row = await readRow(env, accountNumber);
    const part = (await feed?.partOf(accountNumber, row)) ?? null;
    const repairing = new Repairing(env, accountNumber, row, part, feed ?? null);
    const trusted = part === null && row !== null ? projectedAccount(row) : null;
    await part?.relink();
    try {
      return await repairing.run(trusted);
    } catch (error) {
      // Whoever moved the account on may have mended the row that was taken as the fold: it begins again at that one.
      if (feed !== undefined || !isMovedOn(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

class Repairing {
  readonly #env: ProcessorEnv;
  readonly #accountNumber: string;
  readonly #feed: RangeFeed | null;
  /** Null where the feed is taken as having what the row says. */
  #part: FeedPart | null;
  readonly #versionAtFirst: number;
  readonly #projectedAt: number | null;
  /** The row as it was read or written last. */
  #row: RowBefore | null;
  #feedPosition: number;
  /** See `Step`. */
  #lookedUpTo: number | undefined;
  #written: Step["after"] = null;
  /** Whether another writer was met. */
  #isMovedOn = false;
  /** Events that the feed lacks, at versions that follow each other. */
  #lacking: RecordedAccountEvent[] = [];
  /** Events that the feed has wrong. */
  #wrong: Correction[] = [];

  constructor(
    env: ProcessorEnv,
    accountNumber: string,
    row: RowBefore | null,
    part: FeedPart | null,
    feed: RangeFeed | null,
  ) {
    this.#feed = feed;
    this.#env = env;
    this.#accountNumber = accountNumber;
    this.#part = part;
    this.#projectedAt = part === null ? Date.now() : null;
    this.#row = row;
    this.#versionAtFirst = row?.version ?? 0;
    this.#feedPosition = part?.head ?? row?.feedPosition ?? 0;
    this.#lookedUpTo = part?.end;
  }

  async run(trusted: Account | null): Promise<number> {
    let state = trusted;
    let failure: Unprojectable | null = null;
    for (let attempt = 1; ; attempt++) {
      // Where another writer moved the account on, its log has more by now, and what was folded from the start stays good.
      for await (const event of eventsAfter(
        this.#env.ACCOUNT_LOGS,
        this.#accountNumber,
        state?.version ?? 0,
      )) {
        const isLacking = await this.#isLacking(event);
        // A long log is written bit by bit, each bit with the row as it is there, so that both always say the same.
        if (isLacking && !this.#hasRoomFor(event)) await this.#writeUntilDone(state);
        try {
          state = evolve(state, event);
        } catch (error) {
          failure = new Unprojectable(event.version, error);
          break;
        }
        if (isLacking) this.#lacking.push(event);
      }
      await this.#correct();
      // Read only now, so that little can come between it and the write, however long the log is.
      if (attempt > 1 && this.#feed !== null) await this.#readRowAgain(this.#feed);
      const version = state?.version ?? 0;
      const isBehind = failure === null && (this.#row?.version ?? 0) > version;
      if (this.#isMovedOn && isBehind && attempt < MAX_ATTEMPTS) continue;
      const isFurther = failure !== null && this.#row !== null && this.#row.version >= failure.version;
      const isUnchanged = state === trusted && (trusted !== null || this.#row === null);
      const isWritten = state !== null && state === this.#written && this.#lacking.length === 0;
      if (isFurther || isUnchanged || isWritten) break;
      try {
        await this.#write(state);
        break;
      } catch (error) {
        if (!isMovedOn(error) || this.#feed === null || attempt === MAX_ATTEMPTS) throw error;
      }
    }
    if (failure !== null) throw failure;
    return state?.version ?? 0;
  }

  /** Whether the feed lacks the event; where it has it wrong, it is corrected. */
  async #isLacking(event: RecordedAccountEvent): Promise<boolean> {
    if (event.version > this.#versionAtFirst && event.version <= (this.#row?.version ?? 0)) return false;
    if (this.#part === null) return event.version > this.#versionAtFirst;
    const entries = await this.#part.at(event.version);
    for (const entry of entries) {
      if (!isEntryOf(entry, event)) this.#wrong.push({ position: entry.position, event });
    }
    if (this.#wrong.length >= MAX_CHUNK_EVENTS) await this.#correct();
    return entries.length === 0;
  }

  async #correct(): Promise<void> {
    await correctEvents(this.#env.VIEWS, this.#wrong);
    this.#wrong = [];
  }

  #hasRoomFor({ version }: RecordedAccountEvent): boolean {
    const last = this.#lacking.at(-1);
    if (last === undefined) return true;
    // What another writer may add meanwhile is kept apart from what it never would.
    const isNew = version === this.#versionAtFirst + 1;
    return last.version === version - 1 && !isNew && this.#lacking.length < MAX_CHUNK_EVENTS;
  }

  async #writeUntilDone(state: Account | null): Promise<void> {
    for (let attempt = 1; this.#lacking.length > 0; attempt++) {
      try {
        const isFurther = this.#row !== null && this.#row.version > (state?.version ?? 0);
        await this.#write(isFurther ? "as-before" : state);
      } catch (error) {
        if (!isMovedOn(error) || this.#feed === null || attempt === MAX_ATTEMPTS) throw error;
        await this.#readRowAgain(this.#feed);
      }
    }
  }

  async #write(after: Step["after"]): Promise<void> {
    // A reader may have asked for it before any message of it came.
    if (this.#row === null) await registerAccounts(this.#env.OPERATIONS, [this.#accountNumber]);
    const version = after === "as-before" ? 0 : (after?.version ?? 0);
    const { end } = await unlessRefused(
      this.#lacking[0]?.version ?? version,
      writeSteps(
        this.#env.VIEWS,
        [
          {
            accountNumber: this.#accountNumber,
            before: this.#row,
            feedPosition: this.#feedPosition,
            events: this.#lacking,
            after,
            ...(this.#lookedUpTo === undefined ? {} : { lookedUpTo: this.#lookedUpTo }),
          },
        ],
        this.#projectedAt,
      ),
    );
    if (this.#lacking.length > 0) {
      this.#feedPosition = end;
      if (this.#part !== null) this.#lookedUpTo = end;
    }
    this.#lacking = [];
    this.#written = after;
    const written = after === "as-before" ? this.#row : after;
    this.#row = written && { ...written, feedPosition: this.#feedPosition };
  }

  async #readRowAgain(feed: RangeFeed): Promise<void> {
    const row = await readRow(this.#env, this.#accountNumber);
    // Whoever else wrote it added to the feed what it says; and another repair perhaps what it lacked, too.
    this.#isMovedOn = true;
    this.#row = row;
    const part = await feed.partOf(this.#accountNumber, row);
    await part.relink();
    this.#part = part;
    this.#feedPosition = part.head;
    this.#lookedUpTo = part.end;
    const stillLacking: RecordedAccountEvent[] = [];
    for (const event of this.#lacking) {
      if ((await part.at(event.version)).length === 0) stillLacking.push(event);
    }
    const [first, last] = [stillLacking[0], stillLacking.at(-1)];
    if (first !== undefined && last !== undefined && last.version - first.version >= stillLacking.length) {
      throw new Error(`Another repair of ${this.#accountNumber} goes on`);
    }
    this.#lacking = stillLacking;
  }
}

async function readRow(env: ProcessorEnv, accountNumber: string): Promise<AccountRow | null> {
  return (await readRows(env.VIEWS, [accountNumber])).get(accountNumber) ?? null;
}

/** What the database refuses, from a version on, it would refuse again. */
async function unlessRefused<Written>(version: number, write: Promise<Written>): Promise<Written> {
  try {
    return await write;
  } catch (error) {
    throw isRefused(error) && !isMovedOn(error) ? new Unprojectable(version, error) : error;
  }
}
