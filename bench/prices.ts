// What the platform asks for, and what a run comes to by it.

import type { Units } from "./meter/units.ts";

/** When the prices were read, and where. */
export const PRICES_AS_OF = "2026-11-24";
export const PRICES_SOURCE =
  "Cloudflare's pages on the pricing of Workers (Paid), Durable Objects, Queues and D1, beyond the included use";

/** US$ for a million of each. */
export const PRICES: Readonly<Record<Exclude<keyof Units, "messages">, number>> = {
  workerRequests: 0.3,
  objectRequests: 0.15,
  objectRowsWritten: 1,
  objectRowsRead: 0.001,
  queueOperations: 0.4,
  databaseRowsWritten: 1,
  databaseRowsRead: 0.001,
};

/** US$ for a million milliseconds of processor time in Workers. */
const CPU_PRICE = 0.02;
/**
 * A command's processor time over the edge, the command Worker and its share of the processor. More than measured here
 * per command, log lines included; a millisecond more is two cents a million.
 */
const CPU_MS_PER_COMMAND = 4;

/** US$ for a million gigabyte-seconds of an object in memory. */
const OBJECT_DURATION_PRICE = 12.5;
const OBJECT_GIGABYTES = 0.128;
/**
 * How long a command keeps its object from sleeping: it decides in less than a millisecond, and waits for the queue to
 * take the message. An object that only waits for its next request or alarm may hibernate, and is not billed for it.
 */
const OBJECT_MS_PER_COMMAND = 50;

/** What the total has in it beside what is counted. */
export const ASSUMED =
  `Assumed of each command, and in the total: ${CPU_MS_PER_COMMAND} ms of processor time (US$ ${(CPU_PRICE * CPU_MS_PER_COMMAND).toFixed(2)} a million), ` +
  `and ${OBJECT_MS_PER_COMMAND} ms of an object in memory (US$ ${durationPrice().toFixed(2)}).`;

export type Cost = Readonly<Record<keyof typeof PRICES | "cpu" | "objectDuration" | "total", number>>;

/** US$ for a million such commands. */
export function costPerMillion(units: Units, commands: number): Cost {
  const of = (unit: keyof typeof PRICES): number => (units[unit] * PRICES[unit]) / commands;
  const cost = {
    workerRequests: of("workerRequests"),
    objectRequests: of("objectRequests"),
    objectRowsWritten: of("objectRowsWritten"),
    objectRowsRead: of("objectRowsRead"),
    queueOperations: of("queueOperations"),
    databaseRowsWritten: of("databaseRowsWritten"),
    databaseRowsRead: of("databaseRowsRead"),
    cpu: CPU_MS_PER_COMMAND * CPU_PRICE,
    objectDuration: durationPrice(),
  };
  return { ...cost, total: Object.values(cost).reduce((sum, part) => sum + part, 0) };
}

function durationPrice(): number {
  return (OBJECT_MS_PER_COMMAND / 1000) * OBJECT_GIGABYTES * OBJECT_DURATION_PRICE;
}

export function addUnits(parts: readonly Units[]): Units {
  const sum = (unit: keyof Units): number => parts.reduce((all, part) => all + part[unit], 0);
  return {
    workerRequests: sum("workerRequests"),
    objectRequests: sum("objectRequests"),
    objectRowsWritten: sum("objectRowsWritten"),
    objectRowsRead: sum("objectRowsRead"),
    messages: sum("messages"),
    queueOperations: sum("queueOperations"),
    databaseRowsWritten: sum("databaseRowsWritten"),
    databaseRowsRead: sum("databaseRowsRead"),
  };
}
