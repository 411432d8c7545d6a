// What a run comes to: the figures of every measure, with the machine, the versions and the date they were taken with.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { PROJECT } from "../src/tools/wrangler.ts";
import type { Measured } from "./figures.ts";
import { describeMachine, type Machine } from "./machine.ts";
import type { Absence, Peers } from "./peers.ts";

export interface Results {
  /** ISO 8601. */
  readonly takenAt: string;
  readonly minutes: number;
  /** What was measured, and whether there was more than what is committed. */
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly measures: readonly Measured[];
  /** Peers that did not run, and why. */
  readonly absent: readonly Absence[];
}

const packageSchema = z.object({
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** What can have made a difference to a figure. */
const TELLING = [
  "wrangler",
  "miniflare",
  "workerd",
  "hono",
  "zod",
  "autocannon",
  "@hono/node-server",
  "@event-driven-io/pongo",
  "@event-driven-io/dumbo",
  "pg",
  "sqlite3",
];

export async function describeRun(
  measures: readonly Measured[],
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
    commit: await describeCommit(),
    machine: describeMachine(),
    versions: {
      node: process.version,
      ...Object.fromEntries(versions),
      ...(peers.postgresVersion === null ? {} : { PostgreSQL: peers.postgresVersion }),
    },
    measures,
    absent: peers.absent,
  };
}

async function describeCommit(): Promise<string> {
  const git = promisify(execFile)("git", ["describe", "--always", "--dirty"], { cwd: PROJECT });
  return git.then(
    ({ stdout }) => stdout.trim(),
    () => "an unknown commit",
  );
}

async function readPackage(path: string): Promise<Record<string, string>> {
  const { dependencies, devDependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(PROJECT, path), "utf8")),
  );
  return { ...dependencies, ...devDependencies };
}
