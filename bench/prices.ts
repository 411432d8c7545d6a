// What the platform asks for, and what a run comes to by it.

import type { Units } from "./meter/units.ts";

/** When the prices were read, and where. */
export const PRICES_AS_OF = "2026-12-01";
export const PRICES_SOURCE =
  "Cloudflare's pages on the pricing of Workers (Paid), Durable Objects, Queues, D1 and Observability, beyond the included use";

/** US$ for a million of each. */
export const PRICES: Readonly<Record<Exclude<keyof Units, "messages" | "logLines" | "logBytes">, number>> = {
  workerRequests: 0.3,
  objectRequests: 0.15,
  objectRowsWritten: 1,
  objectRowsRead: 0.001,
  queueOperations: 0.4,
  databaseRowsWritten: 1,
  databaseRowsRead: 0.001,
};

/** US$ for a million milliseconds of processor time in Workers. */
export const CPU_PRICE = 0.02;
/**
 * A command's processor time over the edge, the command Worker and its share of the processor. More than a whole run measures for one
 * that wakes its account, the local runtime's own work included; a millisecond more is two cents a million.
 */
const CPU_MS_PER_COMMAND = 6;

/** US$ for a million gigabyte-seconds of an object in memory. */
const OBJECT_DURATION_PRICE = 12.5;
const OBJECT_GIGABYTES = 0.128;
/**
 * How long a command keeps its object from sleeping: it decides in less than a millisecond, and waits for the queue to
 * take the message. An object that only waits for its next request or alarm may hibernate, and is not billed for it.
 */
const OBJECT_MS_PER_COMMAND = 50;

/** US$ for a GB of logs that is taken in, and for one that is kept for a month. */
const LOG_INTAKE_PRICE = 0.25;
const LOG_STORAGE_PRICE = 0.1;
const LOG_DAYS_KEPT = 7;
export const DAYS_A_MONTH = 30;
/** What the platform adds to each line, of the request and the Worker. It is paid for, and its size is not published. */
const LOG_ATTRIBUTE_BYTES = 1_000;

/** US$ for the lines that a million such commands log. */
export function logsPerMillion({ logLines, logBytes }: Units, commands: number): number {
  const gigabytes = ((logBytes + LOG_ATTRIBUTE_BYTES * logLines) * 1e6) / commands / 1e9;
  return gigabytes * (LOG_INTAKE_PRICE + (LOG_STORAGE_PRICE * LOG_DAYS_KEPT) / DAYS_A_MONTH);
}

export const LOGS_ASSUMED =
  `${LOG_ATTRIBUTE_BYTES} bytes that the platform adds to a line (its size is not published), US$ ${LOG_INTAKE_PRICE} for a GB taken in and ` +
  `${LOG_STORAGE_PRICE} for one that is kept for a month, and each line is kept for ${LOG_DAYS_KEPT} days`;

/** US$ for a GB that is kept for a month. */
export const DATABASE_STORAGE_PRICE = 0.75;
export const OBJECT_STORAGE_PRICE = 0.2;

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
    logLines: sum("logLines"),
    logBytes: sum("logBytes"),
  };
}
