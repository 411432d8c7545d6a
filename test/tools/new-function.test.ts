// What `npm run new:function` writes is a function: it compiles, its test passes, and it deploys.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const STEP_LIMIT_MS = 110_000;

const isSource = (path: string): boolean => !/\.wrangler|node_modules/.test(path);

/** A copy of the project, which may be written to. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "tributary-"));
  const files = [
    "README.md",
    "bench",
    "docs",
    "src",
    "test",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "biome.json",
    "wrangler.toml",
  ];
  for (const file of files) {
    await cp(file, join(project, file), { recursive: true, filter: isSource });
  }
  await symlink(join(process.cwd(), "node_modules"), join(project, "node_modules"));
});
afterAll(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));

const inProject = (command: string, ...args: readonly string[]) =>
  run(process.execPath, [command, ...args], { cwd: project, timeout: STEP_LIMIT_MS });

it("a new function is bound, compiles, passes its test, and deploys", async () => {
  const { stdout } = await inProject("src/tools/new-function.ts", "over-night");
  expect(stdout).toContain("Wrote src/functions/over-night/over-night.ts");

  const processor = await readFile(join(project, "src/processor/wrangler.toml"), "utf8");
  expect(processor).toContain('  { binding = "FUNCTION_OVER_NIGHT", service = "tributary-over-night" },\n]');
  for (const types of ["tsconfig.json", "test/workerd"]) {
    expect((await inProject("node_modules/typescript/bin/tsc", "--checkers", "1", "-p", types)).stdout).toBe(
      "",
    );
  }
  await inProject(
    "node_modules/@biomejs/biome/bin/biome",
    "check",
    "--error-on-warnings",
    "--vcs-enabled=false",
    "src/functions",
    "test/functions",
  );
  const tested = await inProject(
    "node_modules/vitest/vitest.mjs",
    "run",
    "test/functions/over-night.test.ts",
  );
  expect(tested.stdout).toContain("1 passed");
  const deployed = await inProject("src/tools/deploy.ts", "over-night", "processor", "--dry-run");
  expect(deployed.stdout).toContain("env.FUNCTION_OVER_NIGHT (tributary-over-night)");
});

it("the map is stale then, until it is drawn anew", async () => {
  const stale = await inProject("src/tools/map.ts", "--check").catch((error) => error);
  expect(stale.stderr).toContain("docs/map.md is stale");
  expect(stale.code).toBe(1);
  await inProject("src/tools/map.ts");
  await inProject("src/tools/map.ts", "--check");
  expect(await readFile(join(project, "README.md"), "utf8")).toContain("f_over_night{{over-night}}");
  const { stdout } = await inProject("src/tools/map.ts", "--function", "over-night");
  expect(stdout).toContain("e_ACCOUNT_CLOSED([ACCOUNT_CLOSED]) --> f_over_night{{over-night}}");
});

it("a name that is taken, or none, writes nothing", async () => {
  for (const [name, reason] of [
    ["onboarding", "is there already"],
    ["Over_Night", "A name is"],
    ["a".repeat(33), "A name is"],
  ] as const) {
    const refused = await inProject("src/tools/new-function.ts", name).catch((error) => error);
    expect(refused.stderr).toContain(reason);
    expect(refused.code).toBe(1);
  }
});
