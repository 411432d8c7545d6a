// `npm run deploy` without sending anything: what it builds, in which order, and with which bindings.

import { beforeAll, describe, expect, it } from "vitest";
import { SIZE_LIMIT_KIB } from "../../bench/measures/size.ts";
import { WORKERS } from "../../src/tools/workers.ts";
import { runTool } from "./run-tool.ts";

/** Building one Worker takes about a second, and longer on a machine that is busy. */
const DRY_RUN_LIMIT_MS = 110_000;

/** In the order that their bindings need. */
const BINDINGS = {
  command: ["env.ACCOUNT_LOGS (AccountObject)", "env.ACCOUNT_EVENTS (account-events)"],
  onboarding: ["env.OPERATIONS (tributary-operations)"],
  "one-default": ["env.VIEWS (tributary-views)"],
  "user-departure": ["env.VIEWS (tributary-views)"],
  processor: [
    "env.ACCOUNT_LOGS (AccountObject, defined in tributary-command)",
    "(account-events-dead)",
    "env.VIEWS (tributary-views)",
    "env.COMMANDS (tributary-command#Commands)",
    "env.FUNCTION_ONBOARDING (tributary-onboarding)",
  ],
  query: ["env.ACCOUNT_LOGS (AccountObject, defined in tributary-command)", "env.VIEWS (tributary-views)"],
  edge: ["env.COMMAND (tributary-command)", "env.QUERY (tributary-query)"],
};

describe("a dry run", () => {
  let run: Awaited<ReturnType<typeof runTool>>;
  /** What was written about each Worker, by its name. */
  let told: ReadonlyMap<string, string>;
  beforeAll(async () => {
    run = await runTool("deploy", ...Object.keys(BINDINGS).toReversed(), "--dry-run");
    told = new Map(
      run.stdout.split(/^Building /m).map((part) => [part.slice(0, part.indexOf("\n")), part] as const),
    );
  }, DRY_RUN_LIMIT_MS);

  it("builds the Workers in the order of their bindings, whatever order they are named in", () => {
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(run.stdout.match(/^Building .*$/gm)).toEqual(
      Object.keys(BINDINGS).map((worker) => `Building ${worker}`),
    );
  });

  it(`builds every Worker, none of them larger than ${SIZE_LIMIT_KIB} KiB, compressed`, () => {
    expect(Object.keys(BINDINGS)).toEqual(WORKERS.map(({ name }) => name));
    for (const worker of Object.keys(BINDINGS)) {
      const [, gzipKib] = /\/ gzip: ([\d.]+) KiB/.exec(told.get(worker) ?? "") ?? [];
      expect(Number(gzipKib), worker).toBeLessThanOrEqual(SIZE_LIMIT_KIB);
    }
  });

  it.each(Object.entries(BINDINGS))("builds %s with its bindings, and sends nothing", (worker, bindings) => {
    for (const binding of bindings) expect(told.get(worker)).toContain(binding);
    expect(told.get(worker)).toContain("--dry-run: exiting now");
  });
});
