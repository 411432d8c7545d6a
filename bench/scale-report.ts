// docs/scale.md: at 10, 100 and 1,000 times today's load, which limit binds first, and what is done about it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../src/tools/wrangler.ts";
import { medianOf } from "./figures.ts";
import { DELIVERY_MS, forecastLag } from "./lag-simulation.ts";
import { COST_WITH_LOGS } from "./measures/cost.ts";
import { FEED_BYTES, FROM_NOTHING_RATE, REBUILT_SYSTEM } from "./measures/rebuild.ts";
import type { Results } from "./results.ts";
import {
  daysUntilFull,
  EVENTS_PER_FULL_BATCH,
  firstToBind,
  holdsUntil,
  LIMITS,
  type MeasuredUnits,
  MULTIPLES,
  monthlyCost,
  peakPerSecond,
  READ_MS,
  TODAY,
  TRANSACTION_MS,
} from "./scale.ts";
import { number, table } from "./tables.ts";

/** False where the run did not measure what it needs. */
export async function writeScale(results: Results): Promise<boolean> {
  const units = unitsOf(results);
  if (units === null) return false;
  await writeFile(join(PROJECT, "docs/scale.md"), page(units, results.takenAt));
  return true;
}

function unitsOf({ measures }: Results): MeasuredUnits | null {
  const figures = measures.flatMap((measured) => measured.figures);
  const messagesPerCommand = medianOf(figures, "Tributary", "idle accounts: messages");
  const costPerMillion = medianOf(figures, "Tributary", "idle accounts: cost");
  const withLogs = medianOf(figures, "Tributary", `idle accounts: ${COST_WITH_LOGS}`);
  const feedBytesPerEvent = medianOf(figures, REBUILT_SYSTEM, FEED_BYTES);
  const rebuilt = medianOf(figures, REBUILT_SYSTEM, FROM_NOTHING_RATE);
  if (
    messagesPerCommand === null ||
    costPerMillion === null ||
    withLogs === null ||
    feedBytesPerEvent === null ||
    rebuilt === null
  ) {
    return null;
  }
  return {
    messagesPerCommand,
    costPerMillion,
    logsPerMillion: withLogs - costPerMillion,
    feedBytesPerEvent,
    writeMsPerEvent: 1000 / rebuilt,
  };
}

function page(units: MeasuredUnits, takenAt: string): string {
  return [
    "# Scale, on paper",
    "",
    `Made by \`npm run bench\` (${takenAt}) from what it measured, the platform's published limits, and these assumptions: ` +
      `today's load is ${number(TODAY.commandsPerDay)} commands a day, ${TODAY.peakFactor} times as many in the busiest ` +
      `second as on average (${number(peakPerSecond(1))} a second), ${TODAY.readsPerCommand} reads of one account for each command, and the busiest ` +
      `account gets ${TODAY.busiestShare * 100} % of all commands. Commands meet accounts that rest, which is the dear and heavy case.`,
    "",
    `Measured: ${number(units.messagesPerCommand)} messages and US$ ${number(units.costPerMillion)} per million for a ` +
      `command, ${number(units.feedBytesPerEvent)} bytes of the feed and at most ${number(units.writeMsPerEvent)} ms of ` +
      "the views' writer for an event (what a rebuild of deleted views takes for one, with reading the logs). A batch of the queue is taken to " +
      `hold ${EVENTS_PER_FULL_BATCH} events where the database is what binds, its transaction to take ${TRANSACTION_MS} ms, and a read ${READ_MS} ms of it (the platform's own example).`,
    "",
    `**The first limit to come is this one: ${firstToBind(1, units).limit.name}.** The feed keeps every event, so at today's load that database is full after ` +
      `${number(Math.floor(daysUntilFull(units)))} days. What is to be done about each limit is below, and most of it is not built.`,
    "",
    "## Which limit binds first",
    "",
    ...table(
      ["", "limit", ...MULTIPLES.map((multiple) => `${number(multiple)}×`), "holds until"],
      LIMITS.map((limit) => [
        limit.name,
        `${number(limit.limit)} ${limit.unit} (${limit.source})`,
        ...MULTIPLES.map((multiple) => {
          const needed = number(limit.needed(multiple, units));
          return firstToBind(multiple, units).limit === limit ? `**${needed}**` : needed;
        }),
        `${number(holdsUntil(limit, units))}×`,
      ]),
    ),
    "",
    "In bold what binds first at that load. What is to be done about each, when it comes near:",
    "",
    ...LIMITS.map(({ name, answer }) => `- **${name}**: ${answer}.`),
    "",
    "## How late views are",
    "",
    `Simulated (\`bench/lag-simulation.ts\`): messages at random, which the queue delivers after ${DELIVERY_MS} ms (assumed), one writer that takes what waits up to a hundred at a ` +
      `time, ${TRANSACTION_MS} ms a transaction and ${number(units.writeMsPerEvent)} ms an event; a rest as long as the batch after one that is not full. At the busiest second's rate, kept up for two minutes:`,
    "",
    ...table(
      ["load", "events a second", "p50", "p99", "waiting at the end"],
      MULTIPLES.map((multiple) => {
        const perSecond = peakPerSecond(multiple);
        const { p50Ms, p99Ms, backlog } = forecastLag(perSecond, units.writeMsPerEvent);
        return [
          `${number(multiple)}×`,
          number(perSecond),
          `${number(p50Ms)} ms`,
          `${number(p99Ms)} ms`,
          number(backlog),
        ];
      }),
    ),
    "",
    "## What it costs",
    "",
    ...table(
      ["load", "commands", "reads", "logs, all kept", "storage, after a year", "US$ a month"],
      MULTIPLES.map((multiple) => {
        const { commands, reads, logs, storage } = monthlyCost(multiple, units);
        const parts = [commands, reads, logs, storage];
        const total = parts.reduce((sum, part) => sum + part, 0);
        return [`${number(multiple)}×`, ...[...parts, total].map(number)];
      }),
    ),
    "",
  ].join("\n");
}
