// What the command takes: `--quick`, and which measures, where not all are wanted.

import { readOptions } from "../src/tools/command-line.ts";

const USAGE = "Usage: npm run bench -- [--quick] [--only commands,latency,…]";

export interface Options {
  readonly quick: boolean;
  /** Null is all of them. */
  readonly only: readonly string[] | null;
}

export function readBenchOptions(): Options {
  const { values } = readOptions(
    { options: { quick: { type: "boolean", default: false }, only: { type: "string" } } },
    USAGE,
  );
  return { quick: values.quick, only: values.only?.split(",") ?? null };
}
