// The report: results.json for programs, docs/performance.md with its plots for people. Made by the command, never by hand.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "../src/tools/wrangler.ts";
import { EDGE, STRAIGHT } from "./bench.ts";
import { type Figure, type Goal, isMet, type Measured } from "./figures.ts";
import { drawPlot } from "./plots.ts";
import type { Results } from "./results.ts";
import { number, table } from "./tables.ts";

const PLOTS = "docs/performance";
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

function reportOf({ takenAt, minutes, machine, versions, measures, failed, absent }: Results): string {
  const { system, processor, cores, memoryGiB } = machine;
  return [
    "# Performance",
    "",
    "Made by `npm run bench`; what is here was not written by hand, but for the last section. Ratios are what counts: " +
      "all systems ran in turn in one run on one machine, in several rounds. For each round of commands, latency, reads and lag the runtimes of the system and of the " +
      "floor are started anew; commands on few accounts, their latency and reads have two turns in each round, soon after the others'. A figure is the median of the turns, or of the rounds, with " +
      "the least and the greatest behind it; a ratio is the median of their ratios. No function is bound: commands, views and reads are what is measured.",
    "",
    `Taken ${takenAt} in ${minutes} minutes, on ${system}, ${processor}, ${cores} cores, ${memoryGiB} GiB.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    "",
    ...absent.map(({ name, reason }) => `- Not measured: ${name}, because ${reason}`),
    ...failed.map(({ name, reason }) => `- Did not come to its end: ${name}, because ${reason}`),
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
        goal.measured === null ? "not measured" : number(goal.measured),
        verdict(goal),
      ]),
    ),
  );
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

/** A line for each figure, the ranges in parentheses. Where a peer is ahead of the system, its line says so. */
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
        isAhead(figure, figures) ? `${system}, **ahead of Tributary**` : system,
        `${number(spread.median)} ${unit}${range}`,
        ...(hasErrors ? [String(errors ?? "")] : []),
      ];
    }),
  );
}

function isAhead({ system, what, unit, spread }: Figure, figures: readonly Figure[]): boolean {
  if (system === STRAIGHT || system === EDGE || system.startsWith("Tributary")) return false;
  const own = figures.filter((other) => other.what === what && other.system.startsWith("Tributary"));
  const isLessBetter = !unit.endsWith("/s");
  return (
    own.length > 0 &&
    own.every((other) =>
      isLessBetter ? spread.median < other.spread.median : spread.median > other.spread.median,
    )
  );
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
