// The meter: what the platform would bill, counted inside the runtime by what its own interfaces report.

import { noUnits, type Units } from "./units.ts";

const QUEUE_UNIT_BYTES = 64_000;
/** A message is written, read and deleted (Queues documentation, "Pricing"). */
const OPERATIONS_PER_UNIT = 3;

const encoder = new TextEncoder();

/** One a process; it meters every object, database and queue of its Worker, since it sits on what they have in common. */
export class Meter {
  readonly #cursors: {
    readonly of: object;
    readonly cursor: SqlStorageCursor<Record<string, SqlStorageValue>>;
  }[] = [];
  /** The storage that each row was written in which no cursor tells of: an alarm, or the value of a key. */
  readonly #rows: object[] = [];
  readonly #undo: (() => void)[] = [];
  readonly #metered = new Set<object>();
  #units: Units = noUnits();

  /** What was counted since the last time; of objects, that of these storages alone, where they are given. */
  take(storages?: readonly DurableObjectStorage[]): Units {
    const own = storages && new Set<object>(storages.flatMap((storage) => [storage, storage.sql]));
    for (const { of, cursor } of this.#cursors.splice(0)) {
      if (own?.has(of) === false) continue;
      this.#units.objectRowsRead += cursor.rowsRead;
      this.#units.objectRowsWritten += cursor.rowsWritten;
    }
    this.#units.objectRowsWritten += this.#rows.splice(0).filter((of) => own?.has(of) !== false).length;
    const taken = this.#units;
    this.#units = noUnits();
    return taken;
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    this.#metered.clear();
  }

  count(unit: "workerRequests" | "objectRequests"): void {
    this.#units[unit] += 1;
  }

  countLine(line: string): void {
    this.#units.logLines += 1;
    this.#units.logBytes += encoder.encode(line).byteLength;
  }

  meterStorage(storage: DurableObjectStorage): void {
    if (!this.#isNew(storage)) return;
    this.#wrap(storage.sql, "exec", (cursor, _, of) => this.#cursors.push({ of, cursor }));
    this.#wrap(storage, "setAlarm", (_set, _at, of) => this.#rows.push(of));
    // As the clock does: one key, one value.
    this.#wrap(storage, "put", (_set, _key, of) => this.#rows.push(of));
  }

  meterQueue(queue: object): void {
    if (!this.#isNew(queue)) return;
    this.#wrap(queue, "send", (_, [body]) => this.#countMessage(body));
    this.#wrap(queue, "sendBatch", (_, [messages]) => {
      for (const { body } of Array.isArray(messages) ? messages : []) this.#countMessage(body);
    });
  }

  meterDatabase(database: D1Database): void {
    if (!this.#isNew(database)) return;
    const statement = database.prepare("SELECT 1");
    const countRows = (answer: Promise<D1Result>): void => {
      void answer.then(({ meta }) => this.#countDatabaseRows(meta)).catch(() => {});
    };
    this.#wrap(database, "batch", (answers: Promise<D1Result[]>) => {
      const countAll = (results: D1Result[]): void => {
        for (const { meta } of results) this.#countDatabaseRows(meta);
      };
      void answers.then(countAll).catch(() => {});
    });
    this.#wrap(statement, "all", countRows);
    this.#wrap(statement, "run", countRows);
    // `first` does not say what it read: it is answered by way of `all`, which does.
    this.#replace(statement, "first", async function (this: D1PreparedStatement, column?: string) {
      const [row] = (await this.all()).results;
      if (row === undefined) return null;
      return column === undefined ? row : row[column];
    });
  }

  #countMessage(body: unknown): void {
    const bytes = encoder.encode(JSON.stringify(body)).byteLength;
    this.#units.messages += 1;
    this.#units.queueOperations += OPERATIONS_PER_UNIT * Math.ceil(bytes / QUEUE_UNIT_BYTES);
  }

  #countDatabaseRows(meta: D1Meta): void {
    this.#units.databaseRowsRead += meta.rows_read;
    this.#units.databaseRowsWritten += meta.rows_written;
  }

  /** Tells `told` each result of a method, what it was called with, and on what. */
  // biome-ignore lint/suspicious/noExplicitAny: results of the platform's methods, each read by who knows the method
  #wrap(instance: object, name: string, told: (result: any, args: readonly any[], of: object) => void): void {
    const original: unknown = Reflect.get(Object.getPrototypeOf(instance), name);
    if (typeof original !== "function") throw new Error(`The runtime has no ${name}`);
    this.#replace(instance, name, function (this: object, ...args: unknown[]) {
      const result: unknown = Reflect.apply(original, this, args);
      told(result, args, this);
      return result;
    });
  }

  #replace(instance: object, name: string, method: (...args: never[]) => unknown): void {
    const prototype: object = Object.getPrototypeOf(instance);
    const original = Object.getOwnPropertyDescriptor(prototype, name);
    if (original === undefined || original.value === method)
      throw new Error(`The runtime has no own ${name}`);
    Object.defineProperty(prototype, name, { ...original, value: method });
    this.#undo.push(() => Object.defineProperty(prototype, name, original));
  }

  /** Whether this is the first instance of its kind: what is metered is the kind. */
  #isNew(instance: object): boolean {
    const prototype: object = Object.getPrototypeOf(instance);
    if (this.#metered.has(prototype)) return false;
    this.#metered.add(prototype);
    return true;
  }
}
