// Puts the files that browsers load into the edge's assets: those that packages bring, and the console. wrangler runs it
// before each build.

import { copyFile, mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildConsole } from "./build-console.ts";

const TARGET = resolve(import.meta.dirname, "../edge/assets/docs");
/** On the same disk, so that a finished file can be moved. */
const WORKSHOP = resolve(import.meta.dirname, "../../.wrangler/assets");
const SOURCE = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));

for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) await put(name);
await buildConsole();

/** Where several builds run side by side, none sees half a file, nor one in the making; what is there stays untouched. */
async function put(name: string): Promise<void> {
  const [source, target] = [join(SOURCE, name), join(TARGET, name)];
  const current = await readFile(target).catch(() => null);
  if (current?.equals(await readFile(source))) return;
  await mkdir(WORKSHOP, { recursive: true });
  const partial = join(WORKSHOP, `${name}.${process.pid}`);
  await copyFile(source, partial);
  await rename(partial, target);
}
