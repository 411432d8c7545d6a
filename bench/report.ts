// The report: results.json for programs, docs/performance.md with its plots for people. Made by the command, never by hand.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../src/tools/wrangler.ts";
import { type Figure, type Goal, isMet, type Measured } from "./figures.ts";
import { drawPlot } from "./plots.ts";
import type { Results } from "./results.ts";
import { number, table } from "./tables.ts";

const PLOTS = "docs/performance";
/** What the names of its figures begin with. */
const SYSTEM = "Tributary";
/** What profiling found, and what was changed: written by people, and put into the report as it is. */
const FINDINGS = "bench/findings.md";

export async function writeReport(results: Results): Promise<void> {
  await writeFile(join(PROJECT, "bench/results.json"), `${JSON.stringify(results, null, 2)}\n`);
  await mkdir(join(PROJECT, PLOTS), { recursive: true });
  for (const measured of results.measures) {
    for (const plot of measured.plots) {
      await writeFile(join(PROJECT, PLOTS, plot.file), await drawPlot(measured, plot));
    }
  }
  const findings = await readFile(join(PROJECT, FINDINGS), "utf8");
  await writeFile(join(PROJECT, "docs/performance.md"), `${reportOf(results)}\n${findings}`);
}

const WHO_IS_WHO = [
  "- **Tributary, straight**: requests go to the Worker that answers them, the command Worker or the query Worker. **Through the edge**: they go to the edge, which leads them there.",
  "- **Floor**: the least that the same runtime can do (`bench/floor`). A bare Hono Worker calls an object, which inserts a row and sends a message; a consumer takes each batch " +
    "as soon as it is there and writes a row for each account with one statement; reads are of that row. Nothing is checked, nothing is promised. **Through a bare edge**: with " +
    "one more Worker on the way, which does nothing else.",
  "- **Emmett on PostgreSQL, on SQLite**: the same decider behind Hono on Node, with Emmett's store and the inline projection of its documentation, so that its view is written in the " +
    "command's own transaction; 32 connections to PostgreSQL with its default durability, one to SQLite. **UPDATE in PostgreSQL**: no events, one statement a command (`bench/peers`).",
];

function reportOf({ takenAt, minutes, commit, machine, versions, measures, absent }: Results): string {
  const { system, processor, cores, memoryGiB } = machine;
  return [
    "# Performance",
    "",
    "Made by `npm run bench`; what is here was not written by hand, but for the last section. Ratios are what counts: " +
      "all systems ran in turn in one run on one machine, in several rounds. For each round of commands, latency, reads and lag the runtimes of the system and of the " +
      "floor are started anew; commands on few accounts, their latency and reads have two turns in each round, soon after the others'. A figure is the median of the turns, or of the rounds, with " +
      "the least and the greatest behind it; a ratio is the median of the turns' ratios, with their least and greatest: where the limit is between these, one run " +
      "may say met and the next not. No function is bound: commands, views and reads are what is measured.",
    "",
    ...WHO_IS_WHO,
    "",
    `Taken ${takenAt} in ${minutes} minutes, of ${commit}, on ${system}, ${processor}, ${cores} cores, ${memoryGiB} GiB.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    "",
    ...absent.map(({ name, reason }) => `- Not measured: ${name}, because ${reason}`),
    "",
    "## Goals",
    "",
    ...goalTable(measures),
    "",
    ...measures.flatMap(section),
  ].join("\n");
}

function goalTable(measures: readonly Measured[]): string[] {
  return table(
    ["measure", "goal", "measured", ""],
    measures.flatMap(({ title, goals }) =>
      goals.map((goal) => [
        title,
        `${goal.text} ${goal.isCeiling ? "≤" : "≥"} ${number(goal.limit)}`,
        measuredIn(goal),
        verdict(goal),
      ]),
    ),
  );
}

function measuredIn({ measured, range }: Goal): string {
  if (measured === null) return "not measured";
  return range === undefined ? number(measured) : `${number(measured)} (${range.map(number).join(" to ")})`;
}

function verdict(goal: Goal): string {
  const met = isMet(goal);
  if (met === null) return "";
  return met ? "met" : `**not met**: ${goal.reason}`;
}

function section(measured: Measured): string[] {
  const { title, how, figures, notes, plots } = measured;
  return [
    `## ${title}`,
    "",
    how,
    "",
    ...figureTable(figures),
    "",
    ...notes.flatMap((note) => [`- ${note}`]),
    ...(notes.length > 0 ? [""] : []),
    ...plots.flatMap(({ file, title: alternative }) => [`![${alternative}](performance/${file})`, ""]),
  ];
}

/** A line for each figure, the ranges in parentheses. Where another is ahead of the system, or of one way into it, its line says so. */
function figureTable(figures: readonly Figure[]): string[] {
  const hasErrors = figures.some(({ errors }) => errors !== undefined);
  const grouped = [...Map.groupBy(figures, ({ what }) => what).values()].flat();
  return table(
    ["", "system", "figure", ...(hasErrors ? ["errors"] : [])],
    grouped.map((figure) => {
      const { system, what, unit, spread, errors } = figure;
      const range =
        spread.least === spread.greatest ? "" : ` (${number(spread.least)} to ${number(spread.greatest)})`;
      return [
        what,
        `${system}${aheadOf(figure, figures)}`,
        `${number(spread.median)} ${unit}${range}`,
        ...(hasErrors ? [String(errors ?? "")] : []),
      ];
    }),
  );
}

function aheadOf({ system, what, unit, spread }: Figure, figures: readonly Figure[]): string {
  if (system.startsWith(SYSTEM)) return "";
  const isLessBetter = !unit.endsWith("/s");
  const own = figures.filter((other) => other.what === what && other.system.startsWith(SYSTEM));
  const behind = own.filter((other) =>
    isLessBetter ? spread.median < other.spread.median : spread.median > other.spread.median,
  );
  if (behind.length === 0) return "";
  return `, **ahead of ${behind.length === own.length ? SYSTEM : behind.map((other) => other.system).join(", ")}**`;
}

/** For a terminal. */
export function printMeasured(measured: Measured): void {
  console.log(`\n${measured.title}`);
  for (const { system, what, unit, spread, errors } of measured.figures) {
    const range = `${number(spread.least)} to ${number(spread.greatest)}`;
    const failed = errors === undefined || errors === 0 ? "" : `, ${errors} errors`;
    console.log(`  ${what}: ${system}: ${number(spread.median)} ${unit} (${range}${failed})`);
  }
  for (const goal of measured.goals) {
    const met = isMet(goal);
    const word = met === null ? "not measured" : met ? "met" : "NOT MET";
    const measuredAs = goal.measured === null ? "" : `: ${number(goal.measured)}`;
    console.log(`  ${word}: ${goal.text} ${goal.isCeiling ? "≤" : "≥"} ${number(goal.limit)}${measuredAs}`);
  }
}
