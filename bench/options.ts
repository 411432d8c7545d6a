// What the command takes: `--quick`, and which measures, where not all are wanted.

import { fail, readOptions } from "../src/tools/command-line.ts";

const MEASURES = [
  "commands",
  "latency",
  "reads",
  "lag",
  "growth",
  "verification",
  "rebuild",
  "size",
  "cost",
] as const;
export type MeasureName = (typeof MEASURES)[number];

const USAGE = "Usage: npm run bench -- [--quick] [--only commands,latency,…]";

export interface Options {
  readonly quick: boolean;
  /** Null is all of them. */
  readonly only: readonly MeasureName[] | null;
}

export function readBenchOptions(): Options {
  const { values } = readOptions(
    { options: { quick: { type: "boolean", default: false }, only: { type: "string" } } },
    USAGE,
  );
  return { quick: values.quick, only: values.only?.split(",").map(measureNamed) ?? null };
}

function measureNamed(text: string): MeasureName {
  const name = MEASURES.find((each) => each === text);
  return name ?? fail(`There is no measure "${text}", but ${MEASURES.join(", ")}\n${USAGE}`);
}
