// Scale on paper: what each of the platform's published limits leaves room for, from what a command was measured to need.

/** The load that is multiplied. An assumption, to be replaced by what a deployment counts. */
export const TODAY = {
  commandsPerDay: 1_000_000,
  /** The busiest second holds so many times the average. */
  peakFactor: 10,
  /** The busiest account's share of all commands. */
  busiestShare: 0.001,
  accounts: 100_000,
  readsPerCommand: 10,
} as const;

export const MULTIPLES = [1, 10, 100, 1_000] as const;

const SECONDS_PER_DAY = 86_400;
const DAYS_PER_YEAR = 365;

/** What a command was measured to need; every other number here is published or assumed. */
export interface MeasuredUnits {
  readonly messagesPerCommand: number;
  /** In the views' database, of an event in the feed. */
  readonly feedBytesPerEvent: number;
  /** Milliseconds that the views' one writer is busy with an event, beside what a transaction takes. */
  readonly writeMsPerEvent: number;
  /** US$ for a million. */
  readonly costPerMillion: number;
}

export interface Limit {
  readonly name: string;
  /** From the platform's pages on limits. */
  readonly published: number;
  readonly unit: string;
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
    published: 500,
    unit: "commands a second",
    needed: (multiple) => peakPerSecond(multiple) * TODAY.busiestShare,
    answer:
      "nothing: accounts are independent, and one that is busier than this is refused for a moment (503, Retry-After)",
  },
  {
    name: "the queue",
    published: 5_000,
    unit: "messages a second",
    needed: (multiple, { messagesPerCommand }) => peakPerSecond(multiple) * messagesPerCommand,
    answer:
      "several queues, an account's by its number: order between accounts is nobody's need, and the processor takes any of them",
  },
  {
    name: "the views' one writer",
    published: 1_000,
    unit: "busy milliseconds a second",
    needed: (multiple, { writeMsPerEvent }) =>
      peakPerSecond(multiple) * (writeMsPerEvent + TRANSACTION_MS / EVENTS_PER_FULL_BATCH),
    answer:
      "views in several databases, an account's by its number; lists over all of them are merged, by their cursors' order",
  },
  {
    name: "the views' database, after a year",
    published: 10,
    unit: "GB",
    needed: (multiple, { feedBytesPerEvent }) =>
      (TODAY.commandsPerDay * DAYS_PER_YEAR * multiple * feedBytesPerEvent) / 1e9,
    answer:
      "old positions of the feed move to objects in R2, a file for so many thousand positions, since nothing there ever changes; the accounts' rows alone stay",
  },
  {
    name: "one account's log, after ten years",
    published: 10,
    unit: "GB",
    needed: (multiple, { feedBytesPerEvent }) =>
      (TODAY.commandsPerDay * TODAY.busiestShare * DAYS_PER_YEAR * 10 * multiple * feedBytesPerEvent) / 1e9,
    answer: "the busiest account becomes several, as a bank splits a house account: a log is never cut",
  },
];

/** Of a transaction of the processor in production: a read and a write, each a way to the database and back. */
export const TRANSACTION_MS = 10;
/** A batch of the queue holds a hundred messages; on idle accounts each is one event. */
export const EVENTS_PER_FULL_BATCH = 100;

/** US$ a month. */
export function monthlyCost(multiple: number, { costPerMillion }: MeasuredUnits): number {
  const DAYS_PER_MONTH = 30;
  return (TODAY.commandsPerDay * DAYS_PER_MONTH * multiple * costPerMillion) / 1e6;
}

/** The limit of which a load needs the greatest share. */
export function firstToBind(
  multiple: number,
  units: MeasuredUnits,
): { readonly limit: Limit; readonly share: number } {
  const shares = LIMITS.map((limit) => ({ limit, share: limit.needed(multiple, units) / limit.published }));
  return shares.reduce((one, other) => (other.share > one.share ? other : one));
}

/** So many times today's load a limit holds. */
export function holdsUntil({ needed, published }: Limit, units: MeasuredUnits): number {
  return published / needed(1, units);
}
