import { expect, test } from "vitest";
import { runTool } from "./run-tool.ts";

/** Building one Worker takes about a second; several at once on a small machine take longer. */
const DRY_RUN_LIMIT_MS = 30_000;

test.concurrent.for([
  ["command", ["env.ACCOUNT_LOGS (AccountObject)", "env.ACCOUNT_EVENTS (account-events)"]],
  [
    "processor",
    [
      "env.ACCOUNT_LOGS (AccountObject, defined in tributary-command)",
      "(account-events-dead)",
      "env.VIEWS (tributary-views)",
      "env.COMMANDS (tributary-command#Commands)",
      "env.FUNCTION_ONBOARDING (tributary-onboarding)",
    ],
  ],
  ["onboarding", ["env.OPERATIONS (tributary-operations)"]],
  [
    "query",
    ["env.ACCOUNT_LOGS (AccountObject, defined in tributary-command)", "env.VIEWS (tributary-views)"],
  ],
  ["edge", ["env.COMMAND (tributary-command)", "env.QUERY (tributary-query)"]],
] as const)(
  "a dry run of %s builds it with its bindings",
  { timeout: DRY_RUN_LIMIT_MS },
  async ([worker, bindings]) => {
    const { status, stdout, stderr } = await runTool("deploy", worker, "--dry-run");
    expect(stderr).toBe("");
    for (const binding of bindings) expect(stdout).toContain(binding);
    expect(stdout).toContain("--dry-run: exiting now");
    expect(status).toBe(0);
  },
);

test(
  "a dry run of several builds them in the order of their bindings",
  async () => {
    const { stdout } = await runTool("deploy", "edge", "onboarding", "command", "--dry-run");
    expect(stdout.match(/^Building .*$/gm)).toEqual([
      "Building command",
      "Building onboarding",
      "Building edge",
    ]);
  },
  DRY_RUN_LIMIT_MS,
);
