// What a browser loads before it shows the first screen, as it is built.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { SCREENS } from "../../src/console/screens.ts";
import { CONSOLE_PATHS } from "../../src/edge/console.ts";
import { buildConsole } from "../../src/tools/build-console.ts";

const FOLDER = new URL("../../src/edge/assets/console/", import.meta.url);
const LIMIT_BYTES = 150 * 1024;

/** `import"./a.js"`, `from"./a.js"`: loaded at once. */
const AT_ONCE = /(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g;
/** `import(`./a.js`)`: loaded when it is wanted. */
const WHEN_WANTED = /import\(\s*["'`]\.\/([^"'`]+\.js)["'`]/g;

it("loads at most 150 KB of JavaScript, compressed, whichever screen is the first", async () => {
  await buildConsole();
  const page = await readFile(new URL("index.html", FOLDER), "utf8");
  const entries = [...page.matchAll(/"\/console\/([^"]+\.js)"/g)].map(([, name]) => name ?? "");
  const [entry = ""] = entries;
  const screens = await importsOf(entry, WHEN_WANTED);
  expect(screens.length).toBeGreaterThan(SCREENS.length);

  for (const screen of screens) {
    const files = [...(await closureOf([...entries, screen]))];
    const sizes = await Promise.all(files.map(async (name) => gzipSync(await code(name)).length));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes, `${screen} with ${files.join(", ")}`).toBeLessThan(LIMIT_BYTES);
  }
});

async function closureOf(names: readonly string[]): Promise<ReadonlySet<string>> {
  const closure = new Set(names);
  // A set goes on over what is added to it.
  for (const name of closure) for (const imported of await importsOf(name, AT_ONCE)) closure.add(imported);
  return closure;
}

async function importsOf(name: string, pattern: RegExp): Promise<string[]> {
  return [...(await code(name)).matchAll(pattern)].map(([, imported]) => imported ?? "");
}

const code = (name: string): Promise<string> => readFile(new URL(name, FOLDER), "utf8");

it("has a screen at each address that the edge answers with the console, and no others", () => {
  expect(SCREENS.map(({ path }) => path).toSorted()).toEqual([...CONSOLE_PATHS].toSorted());
});
