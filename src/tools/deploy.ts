// `npm run deploy`: all Workers, or the named ones, in the order that their bindings need.

import { fail, readOptions } from "./command-line.ts";
import { DATABASES, type Database, WORKERS, type Worker } from "./workers.ts";
import { runWrangler } from "./wrangler.ts";

const NAMES = WORKERS.map(({ name }) => name).join("|");
const USAGE = `Usage: npm run deploy -- [${NAMES}]… [--dry-run]`;

const { values, positionals } = readOptions(
  { allowPositionals: true, options: { "dry-run": { type: "boolean", default: false } } },
  USAGE,
);
const dryRun = values["dry-run"];
const chosen = choose(positionals);

if (!dryRun && chosen.some(({ bindsDatabases }) => bindsDatabases)) {
  for (const database of DATABASES) await prepare(database);
}
for (const { name, config } of chosen) {
  console.log(`\n${dryRun ? "Building" : "Deploying"} ${name}`);
  await step("deploy", "--config", config, ...(dryRun ? ["--dry-run"] : []));
}

function choose(names: readonly string[]): readonly Worker[] {
  for (const name of names) {
    if (!WORKERS.some((worker) => worker.name === name)) fail(`No Worker is called "${name}"\n${USAGE}`);
  }
  return names.length === 0 ? WORKERS : WORKERS.filter(({ name }) => names.includes(name));
}

/**
 * The tables come before the code that needs them, so a migration has to suit the code that still runs, too. A deploy
 * would create the database by itself, but only with the code that needs its tables; so the first deploy creates it here.
 * The queues need nothing: wrangler creates a producer's queue on deploy, and each queue has a producer in the Worker
 * that is deployed before its consumer, or in the same one.
 *
 * That wrangler 4.155 finds a database by its name, where the config has no id, was seen with a stand-in for Cloudflare's
 * API. That it creates the queues is read in its source; neither was tried with an account.
 */
async function prepare({ database, binding, config }: Database): Promise<void> {
  console.log(`\nPreparing the database ${database}. That it is not found is well on a first deploy`);
  // Whatever else this look-up fails of, `create` fails of, too.
  if ((await wrangler("d1", "info", database, "--config", config)) !== 0) {
    await step("d1", "create", database, "--update-config=false", "--config", config);
  }
  await step("d1", "migrations", "apply", binding, "--remote", "--config", config);
}

async function step(...args: readonly string[]): Promise<void> {
  const status = await wrangler(...args);
  if (status === 0) return;
  console.error(`\nStopped: wrangler ${args.join(" ")} ended with status ${status}`);
  process.exit(status);
}

/** With the terminal's input: wrangler may have to ask for a login or for which account. */
function wrangler(...args: readonly string[]): Promise<number> {
  return runWrangler(args, { stdin: "inherit" });
}
