// What a run comes to: the figures of every measure, with the machine, the versions and the date they were taken with.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { PROJECT } from "../src/tools/wrangler.ts";
import type { Measured } from "./figures.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { Absence, Peers } from "./peers.ts";

export interface Results {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly minutes: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly measures: readonly Measured[];
  /** Measures that did not come to their end, and why. */
  readonly failed: readonly Absence[];
  /** Peers that did not run, and why. */
  readonly absent: readonly Absence[];
}

const packageSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** What can have made a difference to a figure. */
const TELLING = ["wrangler", "miniflare", "workerd", "hono", "zod", "autocannon"];

export async function describeRun(
  measures: readonly Measured[],
  failed: readonly Absence[],
  peers: Pick<Peers, "absent" | "postgresVersion">,
  startedAt: number,
): Promise<Results> {
  const own = await readPackage("package.json");
  const peer = await readPackage("bench/peers/package.json");
  const workerd = await readFile(join(PROJECT, "node_modules/workerd/package.json"), "utf8");
  const all = {
    ...peer,
    ...own,
    workerd: z.object({ version: z.string() }).parse(JSON.parse(workerd)).version,
  };
  const versions = Object.entries(all).filter(([name]) => TELLING.includes(name) || name.includes("emmett"));
  return {
    takenAt: new Date().toISOString(),
    minutes: Math.round((performance.now() - startedAt) / 60_000),
    machine: describeMachine(),
    versions: {
      node: process.version,
      ...Object.fromEntries(versions),
      ...(peers.postgresVersion === null ? {} : { PostgreSQL: peers.postgresVersion }),
    },
    measures,
    failed,
    absent: peers.absent,
  };
}

async function readPackage(path: string): Promise<Record<string, string>> {
  const { dependencies, devDependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(PROJECT, path), "utf8")),
  );
  return { ...dependencies, ...devDependencies };
}
