// Size and start: each Worker's bundle, its work at start-up, and the time from nothing to the first command.

import { post } from "../accounts.ts";
import { type Bench, EDGE, FLOOR } from "../bench.ts";
import { bundleAll, EVERY_WORKER } from "../bundles.ts";
import { type Figure, type Measured, spreadOf } from "../figures.ts";
import type { Rig } from "../rig.ts";
import { startupMs } from "../startup.ts";
import { FLOOR_NAMES, WORKER_NAMES } from "../systems.ts";

export const SIZE_LIMIT_KIB = 300;
const KIB = 1024;

export async function measureSize({ sizes, system, floor }: Bench): Promise<Measured> {
  const bundles = await bundleAll(EVERY_WORKER);
  const starts = new Map<string, number[]>([
    [EDGE, []],
    [FLOOR, []],
  ]);
  for (let round = 0; round < sizes.rounds; round++) {
    starts.get(EDGE)?.push(await coldStart(system, WORKER_NAMES.edge, `START-${round}`));
    starts.get(FLOOR)?.push(await coldStart(floor, FLOOR_NAMES.command, `START-${round}`));
  }
  const work: Figure[] = [];
  for (const source of sizes.quick ? [] : EVERY_WORKER) {
    const spread = spreadOf([await startupMs(source)]);
    work.push({ system: source.name, what: "work at start-up", unit: "ms", spread });
  }
  return {
    name: "size",
    title: "Size and start",
    how:
      "Compressed by gzip, as the platform counts. The work at start-up is what `wrangler check startup` samples of a " +
      "Worker's modules. The start is that of the whole runtime with all its Workers but the functions, from starting the process to the " +
      "reply to a command that opens an account, with what the runs before it left in storage.",
    figures: [
      ...bundles.map(({ name, gzipBytes }) => ({
        system: name,
        what: "bundle, compressed",
        unit: "KiB",
        spread: spreadOf([gzipBytes / KIB]),
      })),
      ...work,
      ...[...starts].map(([name, waited]) => ({
        system: name,
        what: "start to first command",
        unit: "ms",
        spread: spreadOf(waited),
      })),
    ],
    goals: bundles.map(({ name, gzipBytes }) => ({
      text: `${name}: KiB, compressed`,
      measured: gzipBytes / KIB,
      limit: SIZE_LIMIT_KIB,
      isCeiling: true,
      reason: "wrangler deploy --dry-run --metafile says what the bundle holds",
    })),
    notes: sizes.quick ? ["The work at start-up is measured by the whole run only."] : [],
    plots: [],
  };
}

async function coldStart(rig: Rig, worker: string, accountNumber: string): Promise<number> {
  await rig.stopRuntime();
  const startedAt = performance.now();
  await rig.startRuntime();
  await post(`${rig.url(worker)}/v1/accounts`, { userId: 1, accountNumber }, [201]);
  return performance.now() - startedAt;
}
