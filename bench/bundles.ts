// The Workers as they are deployed: wrangler's own bundles, their size, and the bindings of their wrangler.toml.

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { FUNCTIONS, WORKERS } from "../src/tools/workers.ts";
import { PROJECT } from "../src/tools/wrangler.ts";

const WRANGLER = fileURLToPath(import.meta.resolve("wrangler"));

/** A Worker's config, and another entry in the place of its own, where one is given. */
export interface WorkerSource {
  readonly name: string;
  /** Relative to the project's folder. */
  readonly config: string;
  readonly entry?: string;
}

interface BundledModule {
  /** As the modules import each other. The first of a bundle is its entry. */
  readonly path: string;
  readonly type: "ESModule" | "Text" | "Data" | "CompiledWasm";
  readonly contents: Buffer;
}

export interface Bundle {
  readonly name: string;
  /** Absolute. */
  readonly config: string;
  readonly modules: readonly BundledModule[];
  /** As the platform counts a Worker's size: every module, compressed by gzip. */
  readonly gzipBytes: number;
}

/** By the rules that wrangler has for a Worker which names none. */
const MODULE_TYPES: Readonly<Record<string, BundledModule["type"]>> = {
  js: "ESModule",
  mjs: "ESModule",
  txt: "Text",
  html: "Text",
  sql: "Text",
  bin: "Data",
  wasm: "CompiledWasm",
};

/** What is deployed. */
export const EVERY_WORKER: readonly WorkerSource[] = WORKERS.map(({ name, config }) => ({ name, config }));

/** What runs under load: commands, views and reads. What functions add depends on what they answer, so none is bound. */
export const SYSTEM: readonly WorkerSource[] = EVERY_WORKER.filter(
  ({ config }) => !FUNCTIONS.some((worker) => worker.config === config),
);

/** What was bundled already: the source does not change during a run. */
const bundled = new Map<string, Bundle>();

export async function bundleAll(sources: readonly WorkerSource[]): Promise<Bundle[]> {
  const bundles: Bundle[] = [];
  // One after the other: each wrangler takes a core by itself.
  for (const source of sources) {
    const key = JSON.stringify(source);
    const known = bundled.get(key) ?? (await bundle(source));
    bundled.set(key, known);
    bundles.push(known);
  }
  return bundles;
}

async function bundle({ name, config, entry }: WorkerSource): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  try {
    const args = ["deploy", ...(entry === undefined ? [] : [entry]), "--config", config];
    await promisify(execFile)(
      process.execPath,
      ["--no-warnings", WRANGLER, ...args, "--dry-run", "--outdir", folder],
      {
        cwd: PROJECT,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" },
      },
    );
    const modules = await readModules(folder);
    const gzipBytes = modules.reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0);
    return { name, config: resolve(PROJECT, config), modules, gzipBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The entry is the one JavaScript module: everything else that is JavaScript is bundled into it. */
async function readModules(folder: string): Promise<BundledModule[]> {
  const files = (await readdir(folder)).filter((file) => fileType(file) !== undefined);
  const modules = await Promise.all(
    files.map(async (file) => ({
      path: file,
      type: fileType(file) ?? "Data",
      contents: await readFile(join(folder, file)),
    })),
  );
  return modules.toSorted(
    (one, other) => Number(other.type === "ESModule") - Number(one.type === "ESModule"),
  );
}

function fileType(file: string): BundledModule["type"] | undefined {
  return MODULE_TYPES[file.split(".").at(-1) ?? ""];
}
