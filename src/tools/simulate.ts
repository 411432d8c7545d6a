// `npm run simulate`: the simulator (test/simulation) over as many seeds as are asked for.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fail, readOptions } from "./command-line.ts";

const USAGE = "Usage: npm run simulate -- [--seeds 1000] [--from 1]";
const PROJECT = resolve(import.meta.dirname, "../..");
const VITEST = resolve(PROJECT, "node_modules/vitest/vitest.mjs");
/** Each account of each seed leaves a database file until its process ends, so a long run is several processes. */
const SEEDS_PER_PROCESS = 2_000;

const { values } = readOptions(
  { options: { seeds: { type: "string", default: "1000" }, from: { type: "string", default: "1" } } },
  USAGE,
);
const seeds = whole("seeds", values.seeds);
const from = whole("from", values.from);

let failed = false;
for (let done = 0; done < seeds; done += SEEDS_PER_PROCESS) {
  const { status } = spawnSync(
    process.execPath,
    [VITEST, "run", "--project", "workerd", "--silent=false", "--reporter=dot", "test/simulation"],
    {
      cwd: PROJECT,
      stdio: "inherit",
      env: {
        ...process.env,
        VITE_SIMULATION_FROM: String(from + done),
        VITE_SIMULATION_SEEDS: String(Math.min(SEEDS_PER_PROCESS, seeds - done)),
      },
    },
  );
  if (status !== 0) failed = true;
}
process.exit(failed ? 1 : 0);

function whole(name: string, text: string): number {
  const number = Number(text);
  if (/^[0-9]{1,9}$/.test(text) && number >= 1) return number;
  fail(`--${name} is a whole number from 1, not "${text}"\n${USAGE}`);
}
