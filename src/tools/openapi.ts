// `npm run openapi`: writes docs/openapi.json as the Workers serve it now. Refuses where that would break a client.

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createTestHarness } from "wrangler";
import { breakingChanges } from "./breaking-changes.ts";
import { fail, readOptions } from "./command-line.ts";
import { WORKERS } from "./workers.ts";
import { PROJECT } from "./wrangler.ts";

const USAGE = "Usage: npm run openapi -- [--breaking]";
const FILE = resolve(PROJECT, "docs/openapi.json");

const { values } = readOptions({ options: { breaking: { type: "boolean", default: false } } }, USAGE);
const served = await servedDocument();
const breaking = breakingChanges(JSON.parse(await readFile(FILE, "utf8").catch(() => "{}")), served);
if (breaking.length > 0 && !values.breaking) {
  fail(
    `Clients could not go on as they were:\n${breaking.join("\n")}\nWhere that is meant: npm run openapi -- --breaking`,
  );
}
await writeFile(FILE, `${JSON.stringify(served, null, 2)}\n`);
console.log(`Wrote ${FILE}`);

async function servedDocument(): Promise<unknown> {
  // It would look up where in the world it runs.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  // The edge comes first: it is the one that is asked.
  const workers = WORKERS.toReversed().map(({ config }) => ({ configPath: config }));
  const harness = createTestHarness({ root: PROJECT, workers });
  try {
    await harness.listen();
    const response = await harness.fetch("/openapi.json");
    if (!response.ok) fail(`/openapi.json answers ${response.status}: ${await response.text()}`);
    return await response.json();
  } finally {
    await harness.close();
  }
}
