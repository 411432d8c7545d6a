// The event log: one account's events in SQLite, versions 1, 2, 3 …, and the snapshots that save folding them anew.
// It is the outbox too: what is published is a cursor over it, and each row says how far that cursor had come.

import type { Account } from "../account/account.ts";
import type { RecordedAccountEvent } from "../account/events.ts";
import { EVOLVE_REVISION, evolve } from "../account/evolve.ts";
import { upcast } from "../account/upcast.ts";
import type { EventMetadata } from "../event-sourcing/recorded-event.ts";

/**
 * Every so many events the state is kept too, so that waking and time travel fold fewer than these. All snapshots
 * are kept: they cost a hundredth of a row per event, and make every past version as near as the present one.
 */
export const SNAPSHOT_EVERY_EVENTS = 100;

/**
 * From how many events on keys are found by their index. A shorter log is read for a key: on the bill a row that is read is a
 * thousandth of one that is written.
 */
const KEYS_INDEXED_FROM_EVENTS = 100;

/**
 * How far back a retried command without an idempotency key is looked for. A retry follows within a second,
 * and an object writes at most some hundred events in that time.
 */
const RETRY_HORIZON_EVENTS = 1000;

/** No command of the domain writes more; a replay reads so many to find those that its command wrote. */
const MAX_EVENTS_PER_COMMAND = 10;

/**
 * Each by its name, and made when there is need of it, by an append, or the index by the first look for a key in a long log: asking
 * for an account which does not exist leaves nothing behind, and most accounts, which are short, wake with one table to read the
 * definition of.
 * Where no key came with an event its row has none, and the index no entry: there a command without one costs one row, with one two.
 * `request` is the keyed command as it was sent; `published` is the version up to which everything was published
 * when the row was written.
 */
const SCHEMA = {
  events: `
    CREATE TABLE events (
      version INTEGER PRIMARY KEY,
      type TEXT NOT NULL,
      schema INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      data TEXT NOT NULL,
      metadata TEXT NOT NULL,
      published INTEGER NOT NULL,
      idempotency_key TEXT,
      request TEXT
    ) STRICT`,
  events_by_idempotency_key: `
    CREATE UNIQUE INDEX events_by_idempotency_key ON events (idempotency_key) WHERE idempotency_key IS NOT NULL`,
  snapshots: `
    CREATE TABLE snapshots (version INTEGER PRIMARY KEY, revision INTEGER NOT NULL, state TEXT NOT NULL) STRICT`,
};

type SchemaPart = keyof typeof SCHEMA;

const EVENT_COLUMNS = "version, type, schema, created_at, data, metadata";

type EventRow = {
  version: number;
  type: string;
  schema: number;
  created_at: number;
  data: string;
  metadata: string;
};

type Snapshot = { version: number; state: string };

interface Folded {
  readonly account: Account | null;
  /** Of the snapshot that it was folded from, 0 where there was none. */
  readonly snapshotVersion: number;
  /** The newest row that was folded, null where the snapshot was all. */
  readonly newest: Head | null;
}

/** A command that was accepted before. `request` is null where it had no idempotency key. */
export interface RememberedCommand {
  readonly request: string | null;
  readonly account: Account;
  readonly events: readonly RecordedAccountEvent[];
}

export interface Append {
  /** The account after the events. */
  readonly account: Account;
  readonly events: readonly RecordedAccountEvent[];
  /** The version up to which everything is published. */
  readonly published: number;
  readonly remembered: { readonly idempotencyKey: string; readonly request: string } | null;
}

/** The newest version, 0 where there is none, and how far publishing had come when it was written. */
interface Head {
  readonly version: number;
  readonly published: number;
}

export class EventLog {
  readonly #storage: DurableObjectStorage;
  readonly #accountNumber: string;
  /** What there is of the schema, by name. */
  readonly #schema: Set<string>;
  /** Version of the newest usable snapshot. */
  #snapshotVersion = 0;
  /** Read once, since nobody else appends. */
  #head: Head | null = null;

  constructor(storage: DurableObjectStorage, accountNumber: string) {
    this.#storage = storage;
    this.#accountNumber = accountNumber;
    const names = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master").toArray();
    this.#schema = new Set(names.map(({ name }) => name));
  }

  head(): Head {
    this.#head ??= this.#rows<{ version: number; published: number }>(
      "SELECT version, published FROM events ORDER BY version DESC LIMIT 1",
    )[0] ?? { version: 0, published: 0 };
    return this.#head;
  }

  /** All or nothing: the events, their versions, the idempotency key and the snapshot commit together. */
  append({ account, events, published, remembered }: Append): void {
    if (events.length > MAX_EVENTS_PER_COMMAND) throw new Error("More events than a command may write");
    const snapshotDue = account.version - this.#snapshotVersion >= SNAPSHOT_EVERY_EVENTS;
    const needed: SchemaPart[] = snapshotDue ? ["events", "snapshots"] : ["events"];
    const missing = needed.filter((part) => !this.#has(part));
    const write = (): void => {
      for (const part of missing) this.#storage.sql.exec(SCHEMA[part]);
      for (const [index, event] of events.entries()) {
        // The key stands in the command's first row; the rows after it share its command id.
        const key = index === 0 ? remembered : null;
        this.#storage.sql.exec(
          `INSERT INTO events (${EVENT_COLUMNS}, published, idempotency_key, request)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          event.version,
          event.type,
          event.schema,
          event.createdAt,
          JSON.stringify(event.data),
          JSON.stringify(event.metadata),
          published,
          key?.idempotencyKey ?? null,
          key?.request ?? null,
        );
      }
      if (snapshotDue) {
        this.#storage.sql.exec(
          "INSERT OR REPLACE INTO snapshots (version, revision, state) VALUES (?, ?, ?)",
          account.version,
          EVOLVE_REVISION,
          JSON.stringify(account),
        );
      }
    };
    // A single statement is all or nothing by itself.
    if (missing.length === 0 && events.length === 1 && !snapshotDue) write();
    else this.#storage.transactionSync(write);
    // Not before it is there: a transaction that fails takes it back.
    for (const part of missing) this.#schema.add(part);
    this.#head = { version: account.version, published };
    if (snapshotDue) this.#snapshotVersion = account.version;
  }

  /** The events after version `after`, in order. */
  read(after: number, limit: number): RecordedAccountEvent[] {
    return this.#rows<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE version > ? ORDER BY version LIMIT ?`,
      after,
      limit,
    ).map((row) => this.#recorded(row));
  }

  /**
   * When the first event after a version was recorded, epoch milliseconds; null where there is none. Of an event that can't be read,
   * too.
   */
  timeAfter(version: number): number | null {
    const [row] = this.#rows<{ created_at: number }>(
      "SELECT created_at FROM events WHERE version > ? ORDER BY version LIMIT 1",
      version,
    );
    return row?.created_at ?? null;
  }

  /** The account now. Remembers which snapshot it started from, so that the next one is due in time, and where the log ends. */
  current(): Account | null {
    const { account, snapshotVersion, newest } = this.#foldTo(Number.MAX_SAFE_INTEGER);
    this.#snapshotVersion = snapshotVersion;
    this.#head = newest ?? this.#head;
    return account;
  }

  /** The account at a version of the log, null where the log has no such version. */
  atVersion(version: number): Account | null {
    const { account } = this.#foldTo(version);
    return account?.version === version ? account : null;
  }

  /** The newest version not later than a time (epoch milliseconds), 0 where there is none. */
  versionAt(at: number): number {
    // Times never go backwards in a log, so halving finds it over the primary key, without an index on time.
    let low = 0;
    let high = this.head().version;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const [row] = this.#rows<{ created_at: number }>(
        "SELECT created_at FROM events WHERE version = ?",
        middle,
      );
      if (row !== undefined && row.created_at <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Makes the index once the log is long enough. */
  findByIdempotencyKey(key: string): RememberedCommand | null {
    if (this.head().version >= KEYS_INDEXED_FROM_EVENTS && !this.#has("events_by_idempotency_key")) {
      this.#storage.sql.exec(SCHEMA.events_by_idempotency_key);
      this.#schema.add("events_by_idempotency_key");
    }
    const [row] = this.#rows<{ version: number; request: string }>(
      "SELECT version, request FROM events WHERE idempotency_key = ?",
      key,
    );
    return row === undefined ? null : this.#remembered(row.version, row.request);
  }

  /** A recent command without a key. */
  findRecentCommand(commandId: string): RememberedCommand | null {
    const [row] = this.#rows<{ version: number | null }>(
      `SELECT MIN(version) AS version FROM events
       WHERE version > ? AND json_extract(metadata, '$.commandId') = ? AND idempotency_key IS NULL`,
      this.head().version - RETRY_HORIZON_EVENTS,
      commandId,
    );
    return row?.version == null ? null : this.#remembered(row.version, null);
  }

  #remembered(firstVersion: number, request: string | null): RememberedCommand {
    const [first, ...rest] = this.read(firstVersion - 1, MAX_EVENTS_PER_COMMAND);
    if (first === undefined) throw new Error(`${this.#accountNumber}:${firstVersion} is not in the log`);
    const next = rest.findIndex(({ metadata }) => metadata.commandId !== first.metadata.commandId);
    const events = [first, ...(next < 0 ? rest : rest.slice(0, next))];
    const account = this.atVersion(firstVersion + events.length - 1);
    if (account === null) throw new Error(`${first.id} does not fold`);
    return { request, account, events };
  }

  /**
   * The account at a version: the newest snapshot up to there, and the events after it. These are folded row by row, since
   * without a usable snapshot they may be more than the object's memory holds.
   */
  #foldTo(version: number): Folded {
    const snapshot = this.#snapshotAt(version);
    const tail = this.#cursor<EventRow & { published: number }>(
      `SELECT ${EVENT_COLUMNS}, published FROM events WHERE version > ? AND version <= ? ORDER BY version`,
      snapshot?.version ?? 0,
      version,
    );
    let account: Account | null = snapshot === null ? null : JSON.parse(snapshot.state);
    let newest: Head | null = null;
    for (const row of tail ?? []) {
      account = evolve(account, this.#recorded(row));
      newest = row;
    }
    return { account, snapshotVersion: snapshot?.version ?? 0, newest };
  }

  /** The newest one that is not beyond a version. */
  #snapshotAt(version: number): Snapshot | null {
    if (!this.#has("snapshots")) return null;
    const [snapshot] = this.#rows<Snapshot>(
      "SELECT version, state FROM snapshots WHERE version <= ? AND revision = ? ORDER BY version DESC LIMIT 1",
      version,
      EVOLVE_REVISION,
    );
    return snapshot ?? null;
  }

  #has(part: SchemaPart): boolean {
    return this.#schema.has(part);
  }

  #rows<Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.#cursor<Row>(query, ...bindings)?.toArray() ?? [];
  }

  /** The rows, read as they are asked for; null where there is no log. */
  #cursor<Row extends Record<string, SqlStorageValue>>(
    query: string,
    ...bindings: SqlStorageValue[]
  ): SqlStorageCursor<Row> | null {
    return this.#has("events") ? this.#storage.sql.exec<Row>(query, ...bindings) : null;
  }

  #recorded(row: EventRow): RecordedAccountEvent {
    const data: Record<string, unknown> = JSON.parse(row.data);
    const metadata: EventMetadata = JSON.parse(row.metadata);
    return upcast({
      id: `${this.#accountNumber}:${row.version}`,
      createdAt: row.created_at,
      lastModified: row.created_at,
      type: row.type,
      schema: row.schema,
      accountNumber: this.#accountNumber,
      version: row.version,
      data,
      metadata,
    });
  }
}
