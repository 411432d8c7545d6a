// `npm run bench`: the system beside the floor and beside what people would pick instead, in one run on one machine.

import { type Bench, FULL, QUICK } from "./bench.ts";
import type { Measured } from "./figures.ts";
import { type Commands, measureCommands } from "./measures/commands.ts";
import { measureCost } from "./measures/cost.ts";
import { measureGrowth } from "./measures/growth.ts";
import { measureLag } from "./measures/lag.ts";
import { measureLatency } from "./measures/latency.ts";
import { measureReads } from "./measures/reads.ts";
import { measureRebuild } from "./measures/rebuild.ts";
import { measureSize } from "./measures/size.ts";
import { measureVerification } from "./measures/verification.ts";
import { type MeasureName, readBenchOptions } from "./options.ts";
import { type Absence, startPeers } from "./peers.ts";
import { printMeasured, writeReport } from "./report.ts";
import { describeRun } from "./results.ts";
import { writeScale } from "./scale-report.ts";
import { startFloor, startSystem } from "./systems.ts";

// So that what ends with this process notices it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const { quick, only } = readBenchOptions();
const startedAt = performance.now();
const measures: Measured[] = [];
const failed: Absence[] = [];

// A quick run leaves out what is already measured well enough by the whole one, and installs nothing.
const peers = await startPeers(!quick);
for (const { name, reason } of peers.absent) console.log(`Not measured: ${name}, because ${reason}`);
const bench: Bench = {
  sizes: quick ? QUICK : FULL,
  system: await startSystem(),
  floor: await startFloor(),
  peers,
};
try {
  const commands = await attempt("commands", () => measureCommands(bench));
  // Nothing else can be measured of it then, and nothing will be written.
  if (commands !== null) await measureWith(commands);
  await measure("growth", async () => {
    const { growth, waking } = await measureGrowth(bench);
    return [growth, waking];
  });
  await measure("verification", async () => [await measureVerification(bench)]);
  await measure("rebuild", async () => [await measureRebuild(bench)]);
  await measure("size", async () => [await measureSize(bench)]);
} finally {
  await bench.system.stop();
  await bench.floor.stop();
  await peers.stop();
}
await measure("cost", async () => [await measureCost(bench)]);

if (quick || only !== null || failed.length > 0) {
  console.log("\nNothing is written: only a whole run makes bench/results.json and docs/performance.md");
} else {
  const results = await describeRun(measures, peers, startedAt);
  await writeReport(results);
  await writeScale(results);
  console.log("\nWritten: bench/results.json, docs/performance.md, docs/scale.md");
}
for (const { name, reason } of failed) console.error(`${name} did not come to its end: ${reason}`);
process.exit(failed.length > 0 ? 1 : 0);

async function measureWith(commands: Commands): Promise<void> {
  add([commands.measured]);
  await measure("latency", async () => [await measureLatency(bench, commands)]);
  await measure("reads", async () => [await measureReads(bench, commands)]);
  await measure("lag", async () => [await measureLag(bench, commands)]);
}

async function measure(name: MeasureName, work: () => Promise<readonly Measured[]>): Promise<void> {
  add((await attempt(name, work)) ?? []);
}

function add(measured: readonly Measured[]): void {
  measures.push(...measured);
  measured.forEach(printMeasured);
}

/** Which are measured at a share of the maximum, or over the accounts that were opened for it. */
function needsCommands(name: MeasureName): boolean {
  return ["latency", "reads", "lag"].includes(name);
}

/** One that fails is said to have failed; the others go on. */
async function attempt<Result>(name: MeasureName, work: () => Promise<Result>): Promise<Result | null> {
  if (only !== null && !only.includes(name) && !(name === "commands" && only.some(needsCommands)))
    return null;
  console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s: ${name}`);
  try {
    return await work();
  } catch (error) {
    failed.push({ name, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return null;
  }
}
