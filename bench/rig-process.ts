// The process that holds the rig: Miniflare and, below it, workerd. It is not the bench's own process, so that the load
// generator shares its thread with nothing.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import type { Bundle } from "./bundles.ts";

export interface RigOptions {
  readonly bundles: readonly Bundle[];
  /** Where storage lies on disk. */
  readonly storage: string;
  /** For every Worker. */
  readonly vars: Readonly<Record<string, string>>;
  /** Whether a profiler may look into it, which makes it slower. */
  readonly inspected: boolean;
}

/** Where the rig answers. */
export interface RigAddresses {
  readonly workers: Readonly<Record<string, string>>;
  readonly inspector: string | null;
}

export type RigCall =
  | { readonly call: "start"; readonly options: RigOptions }
  | { readonly call: "stop" }
  | {
      readonly call: "sql";
      readonly worker: string;
      readonly database: string;
      readonly queries: readonly string[];
    }
  | { readonly call: "evict"; readonly worker: string; readonly object: string; readonly name: string };

export interface RigRequest {
  readonly id: number;
  readonly call: RigCall;
}

export interface RigReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

let miniflare: Miniflare | undefined;

process.on("message", ({ id, call }: RigRequest) => {
  answer(call).then(
    (value) => process.send?.({ id, value } satisfies RigReply),
    (error) => process.send?.({ id, error: String(error) } satisfies RigReply),
  );
});
process.on("disconnect", () => process.exit(1));

async function answer(call: RigCall): Promise<unknown> {
  switch (call.call) {
    case "start":
      return start(call.options);
    case "stop":
      await miniflare?.dispose();
      process.disconnect?.();
      return process.exit(0);
    case "sql":
      return sql(call.worker, call.database, call.queries);
    case "evict":
      return evict(call.worker, call.object, call.name);
    default:
      return call satisfies never;
  }
}

/** Miniflare starts this in the place of its own. */
process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("workerd.sh", import.meta.url));
process.env.WORKERD = createRequire(import.meta.resolve("miniflare"))("workerd").default;

/** Answers each Worker's own address: no proxy stands before it. */
async function start({ bundles, storage, vars, inspected }: RigOptions): Promise<RigAddresses> {
  const running = new Set(bundles.map(({ config }) => unstable_readConfig({ config }).name));
  const workers = bundles.map((bundle) => workerOptions(bundle, vars, running));
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers,
      resourcePersistencePath: storage,
      cf: false,
      ...(inspected ? { inspectorPort: 0 } : {}),
    }),
  );
  await miniflare.ready;
  const addresses: Record<string, string> = {};
  for (const { name } of workers) {
    if (name !== undefined) addresses[name] = (await miniflare.unsafeGetDirectURL(name)).origin;
  }
  const inspector = inspected ? (await miniflare.getInspectorURL()).href.replace(/^ws/, "http") : null;
  return { workers: addresses, inspector: inspector?.replace(/\/$/, "") ?? null };
}

/**
 * Without its bindings to Workers that do not run here, and without the pages' files: a router would stand before it. Nor with
 * the limit of rates, for which the local runtime writes a row with a sync for each request; the platform counts in memory.
 */
function workerOptions(
  { config, modules }: Bundle,
  vars: RigOptions["vars"],
  running: ReadonlySet<string | undefined>,
): V4WorkerOptions {
  const { assets, serviceBindings, ratelimits, ...options } =
    unstable_getMiniflareWorkerOptions(config).workerOptions;
  const { name } = unstable_readConfig({ config });
  const services = Object.entries(serviceBindings ?? {}).filter(
    ([, service]) => typeof service !== "object" || !("name" in service) || running.has(String(service.name)),
  );
  return {
    ...options,
    serviceBindings: Object.fromEntries(services),
    ...(name === undefined ? {} : { name }),
    bindings: Object.assign({}, options.bindings, vars),
    modules: modules.map(({ path, type, contents }) => ({ path, type, contents: new Uint8Array(contents) })),
    modulesRoot: "/",
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
}

/** One that sleeps already is left alone. */
async function evict(worker: string, object: string, name: string): Promise<void> {
  try {
    await running().unsafeEvictDurableObject(worker, object, { name });
  } catch (error) {
    if (!String(error).includes("it is not currently running")) throw error;
  }
}

async function sql(worker: string, database: string, queries: readonly string[]): Promise<unknown> {
  const connection = await running().getD1Database(database, worker);
  const results = await connection.batch(queries.map((query) => connection.prepare(query)));
  return results.map(({ results: rows }) => rows);
}

function running(): Miniflare {
  if (miniflare === undefined) throw new Error("The rig is not started");
  return miniflare;
}
