// Builds the console into the edge's assets, where it is not there yet as its sources are now.

import { createHash } from "node:crypto";
import { glob, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { installBuild, PAGE } from "./install-build.ts";
import { PROJECT } from "./wrangler.ts";

const CONSOLE = resolve(PROJECT, "src/console");
const TARGET = resolve(PROJECT, "src/edge/assets/console");
/** On the same disk, so that a finished file can be moved. */
const WORKSHOP = resolve(PROJECT, ".wrangler/assets");
/** Whatever the built files are made of: the sources, and the packages by their versions. */
const INPUTS = ["src/console/**/*", "src/client/*", "src/tools/build-console.ts", "package-lock.json"];
const THEME_FIRST = "theme-first.js";
/** Where the edge serves the files. */
const BASE = "/console/";

/** What it is made of stands in the page: so a page that is there says whether it is the right one. */
export async function buildConsole(): Promise<void> {
  const inputs = await hashOfInputs();
  const current = await readFile(join(TARGET, PAGE), "utf8").catch(() => "");
  if (current.includes(inputs)) return;

  await mkdir(WORKSHOP, { recursive: true });
  const workshop = await mkdtemp(join(WORKSHOP, "console."));
  await build(workshop, inputs);
  await installBuild(workshop, TARGET);
  await rm(workshop, { recursive: true });
}

async function hashOfInputs(): Promise<string> {
  const files = await Array.fromAsync(glob(INPUTS, { cwd: PROJECT, withFileTypes: true }));
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const hash = createHash("sha256");
  for (const path of paths.toSorted()) hash.update(path.slice(PROJECT.length)).update(await readFile(path));
  return hash.digest("hex");
}

/** A script that the page runs at once, which is none of Vite's modules. */
function themeFirst(): Plugin {
  return {
    name: "theme-first",
    async buildStart() {
      const source = await readFile(join(CONSOLE, THEME_FIRST));
      this.emitFile({ type: "asset", name: THEME_FIRST, source });
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const emitted = Object.values(bundle).find(
          (file) => file.type === "asset" && file.names.includes(THEME_FIRST),
        );
        if (emitted === undefined) throw new Error(`${THEME_FIRST} is not among the built files`);
        return [{ tag: "script", attrs: { src: BASE + emitted.fileName }, injectTo: "head" }];
      },
    },
  };
}

async function build(outDir: string, inputs: string): Promise<void> {
  // Only where there is something to do: it takes longer to load than all the rest takes.
  const vite = await import("vite");
  await vite.build({
    configFile: false,
    root: CONSOLE,
    base: BASE,
    logLevel: "warn",
    // The same files whatever NODE_ENV says: a test builds what is deployed.
    mode: "production",
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    plugins: [
      {
        name: "inputs",
        transformIndexHtml: () => [{ tag: "meta", attrs: { name: "inputs", content: inputs } }],
      },
      themeFirst(),
    ],
    build: {
      outDir,
      emptyOutDir: true,
      // Everything in one folder, each file named by what is in it.
      assetsDir: "",
      // No file is put into another as data: the page's policy would not let it be loaded.
      assetsInlineLimit: 0,
      // All styles at once: they are small, and a screen that is tried again would be without those that failed.
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      target: "es2023",
    },
  });
}
