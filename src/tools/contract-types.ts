// `npm run types` begins with it: docs/openapi.json as TypeScript, for the console. Nothing to do where it is newer.

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { PROJECT } from "./wrangler.ts";

const CONTRACT = resolve(PROJECT, "docs/openapi.json");
const TYPES = resolve(PROJECT, "src/console/api/contract.d.ts");
/** Where it is installed: it needs another TypeScript than the project has. */
const GENERATOR = resolve(PROJECT, "test/generated-client/node_modules/openapi-typescript/bin/cli.js");

const changedAtMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (changedAtMs(TYPES) <= changedAtMs(CONTRACT)) {
  // Else whatever has a default would have to be sent.
  const args = [GENERATOR, CONTRACT, "--output", TYPES, "--default-non-nullable=false"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) {
    console.error(stderr);
    process.exitCode = 1;
  }
}
