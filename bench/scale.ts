// Scale on paper: what each of the platform's published limits leaves room for, from what a command was measured to need.

import { CPU_PRICE, DATABASE_STORAGE_PRICE, DAYS_A_MONTH, OBJECT_STORAGE_PRICE, PRICES } from "./prices.ts";

/** The load that is multiplied. An assumption, to be replaced by what a deployment counts. */
export const TODAY = {
  commandsPerDay: 1_000_000,
  /** The busiest second holds so many times the average. */
  peakFactor: 10,
  /** The busiest account's share of all commands. */
  busiestShare: 0.001,
  readsPerCommand: 10,
} as const;

export const MULTIPLES = [1, 10, 100, 1_000] as const;

const DATABASE_GIGABYTES = 10;
const SECONDS_PER_DAY = 86_400;
const DAYS_PER_YEAR = 365;

/** What a command was measured to need; every other number here is published or assumed. */
export interface MeasuredUnits {
  readonly messagesPerCommand: number;
  /** In the views' database, of an event in the feed. */
  readonly feedBytesPerEvent: number;
  /** Milliseconds that the views' one writer is busy with an event, beside what a transaction takes. */
  readonly writeMsPerEvent: number;
  /** US$ for a million commands, and for the lines that they log. */
  readonly costPerMillion: number;
  readonly logsPerMillion: number;
}

export interface Limit {
  readonly name: string;
  readonly limit: number;
  readonly unit: string;
  /** Where the limit is from. */
  readonly source: string;
  /** What a load needs of it. */
  readonly needed: (multiple: number, units: MeasuredUnits) => number;
  /** What is done when it binds. */
  readonly answer: string;
}

export const peakPerSecond = (multiple: number): number =>
  (TODAY.commandsPerDay / SECONDS_PER_DAY) * TODAY.peakFactor * multiple;

export const LIMITS: readonly Limit[] = [
  {
    name: "one account's object",
    limit: 500,
    unit: "commands a second",
    source:
      "half of the thousand requests a second that the platform names as an object's soft limit, since each writes",
    needed: (multiple) => peakPerSecond(multiple) * TODAY.busiestShare,
    answer:
      "nothing: accounts are independent, and one that is busier than this is refused for a moment (503, Retry-After)",
  },
  {
    name: "the queue",
    limit: 5_000,
    unit: "messages a second",
    source: "published, of one queue",
    needed: (multiple, { messagesPerCommand }) => peakPerSecond(multiple) * messagesPerCommand,
    answer:
      "several queues, an account's by its number: order between accounts is nobody's need, and the processor takes any of them",
  },
  {
    name: "the views' database at work",
    limit: 1_000,
    unit: "busy milliseconds a second",
    source: "one thread does all of a database's work",
    needed: (multiple, { writeMsPerEvent }) =>
      peakPerSecond(multiple) *
      (writeMsPerEvent + TRANSACTION_MS / EVENTS_PER_FULL_BATCH + TODAY.readsPerCommand * READ_MS),
    answer:
      "first the reads go elsewhere: to the database's read replicas (a session that begins at what the caller knows), or to the account's object, as a read with a version that the " +
      "view does not have yet does today. Then views in several databases, an account's by its number; lists over all of them are merged, by their cursors' order",
  },
  {
    name: "the views' database, after a year",
    limit: DATABASE_GIGABYTES,
    unit: "GB",
    source: "published",
    needed: (multiple, { feedBytesPerEvent }) =>
      (TODAY.commandsPerDay * DAYS_PER_YEAR * multiple * feedBytesPerEvent) / 1e9,
    answer:
      "old positions of the feed move to objects in R2, a file for so many thousand positions, since nothing there ever changes; the accounts' rows alone stay",
  },
  {
    name: "one account's log, after ten years",
    limit: 10,
    unit: "GB",
    source: "published; an event is taken to be as long there as in the feed",
    needed: (multiple, { feedBytesPerEvent }) =>
      (TODAY.commandsPerDay * TODAY.busiestShare * DAYS_PER_YEAR * 10 * multiple * feedBytesPerEvent) / 1e9,
    answer: "the busiest account becomes several, as a bank splits a house account: a log is never cut",
  },
];

/** Of a transaction of the processor in production: a read and a write, each a way to the database and back. */
export const TRANSACTION_MS = 10;
/** A batch of the queue holds a hundred messages; on idle accounts each is one event. */
export const EVENTS_PER_FULL_BATCH = 100;

/** Milliseconds of the views' database for a read of one row: the platform's own example for a thousand queries a second. */
export const READ_MS = 1;

/** Processor time of a read in the edge and the query Worker, assumed. */
const READ_CPU_MS = 2;
const READ_COST_PER_MILLION = PRICES.workerRequests + PRICES.databaseRowsRead + READ_CPU_MS * CPU_PRICE;

/** US$ a month. */
export function monthlyCost(
  multiple: number,
  { costPerMillion, logsPerMillion, feedBytesPerEvent }: MeasuredUnits,
) {
  const millions = (TODAY.commandsPerDay * DAYS_A_MONTH * multiple) / 1e6;
  const gigabytesAYear = (TODAY.commandsPerDay * DAYS_PER_YEAR * multiple * feedBytesPerEvent) / 1e9;
  return {
    commands: millions * costPerMillion,
    reads: millions * TODAY.readsPerCommand * READ_COST_PER_MILLION,
    // A read logs a line, as a command does beside its batch's.
    logs: millions * logsPerMillion * (1 + TODAY.readsPerCommand / 2),
    /** After a year, of the feed in D1 and as much in the objects. */
    storage: gigabytesAYear * (DATABASE_STORAGE_PRICE + OBJECT_STORAGE_PRICE),
  };
}

/** Days of today's load until the views' database is full. */
export function daysUntilFull({ feedBytesPerEvent }: MeasuredUnits): number {
  return (DATABASE_GIGABYTES * 1e9) / (TODAY.commandsPerDay * feedBytesPerEvent);
}

/** The limit of which a load needs the greatest share. */
export function firstToBind(
  multiple: number,
  units: MeasuredUnits,
): { readonly limit: Limit; readonly share: number } {
  const shares = LIMITS.map((limit) => ({ limit, share: limit.needed(multiple, units) / limit.limit }));
  return shares.reduce((one, other) => (other.share > one.share ? other : one));
}

/** So many times today's load a limit holds. */
export function holdsUntil({ needed, limit }: Limit, units: MeasuredUnits): number {
  return limit / needed(1, units);
}
