// The simulator: for each seed, real objects, publisher and processor against parts that fail. docs/simulation.md says
// what it does and how to read a failure.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareDatabases } from "./databases.ts";
import { run } from "./run.ts";
import { Tally } from "./tally.ts";

/** Seeds of one test. */
const CHUNK = 25;
const FIRST_SEED = Number(import.meta.env.VITE_SIMULATION_FROM ?? 1);
const SEEDS = Number(import.meta.env.VITE_SIMULATION_SEEDS ?? 300);
/** Of a failing run so much is shown. */
const SHOWN_LINES = 60;

const tally = new Tally();

beforeAll(prepareDatabases);

afterAll(() => {
  console.log(`${SEEDS} seeds from ${FIRST_SEED}: ${tally}`);
});

describe("with parts that fail, nothing is lost, doubled, skipped or stuck", () => {
  const chunks = Array.from({ length: Math.ceil(SEEDS / CHUNK) }, (_, index) => {
    const from = FIRST_SEED + index * CHUNK;
    return { from, to: Math.min(from + CHUNK, FIRST_SEED + SEEDS) - 1 };
  });
  it.each(chunks)("seeds $from to $to", { timeout: 120_000 }, async ({ from, to }) => {
    const failures: string[] = [];
    for (let seed = from; seed <= to; seed++) {
      const { violations, trace, tally: counted } = await run(seed);
      tally.addAll(counted);
      if (violations.length === 0) continue;
      const shown = failures.length === 0 ? trace.slice(-SHOWN_LINES) : [];
      failures.push([`Seed ${seed} failed:`, ...violations, ...shown].join("\n  "));
    }
    expect(failures.join("\n")).toBe("");
  });
});

it("a seed is run the same way again", { timeout: 120_000 }, async () => {
  for (const seed of [1, 2, 3]) {
    const [once, twice] = [await run(seed, 1), await run(seed, 2)];
    expect(twice.trace.map((line) => line.replaceAll(`${seed}-2-`, `${seed}-1-`))).toEqual(once.trace);
  }
});
