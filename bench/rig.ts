// The rig: real bundles in workerd, without `wrangler dev`'s proxies, with storage on disk. The floor runs in one too.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unstable_splitSqlQuery } from "wrangler";
import * as z from "zod";
import { PROJECT } from "../src/tools/wrangler.ts";
import type { Bundle } from "./bundles.ts";
import { cpuSecondsBelow } from "./machine.ts";
import type { RigAddresses, RigCall, RigOptions, RigReply, RigRequest } from "./rig-process.ts";

const PROCESS = new URL("./rig-process.ts", import.meta.url);

const addressesSchema = z.object({
  workers: z.record(z.string(), z.string()),
  inspector: z.string().nullable(),
}) satisfies z.ZodType<RigAddresses>;

export class Rig {
  readonly #options: RigOptions;
  #process: ChildProcess | undefined;
  #addresses: RigAddresses = { workers: {}, inspector: null };
  #calls = 0;

  private constructor(options: RigOptions) {
    this.#options = options;
  }

  /** On storage that is empty. */
  static async start(
    bundles: readonly Bundle[],
    vars: Readonly<Record<string, string>> = { OPEN_ON_LOOPBACK: "true" },
    inspected = false,
  ): Promise<Rig> {
    const storage = await mkdtemp(join(tmpdir(), "rig-"));
    const rig = new Rig({ bundles, storage, vars, inspected });
    await rig.startRuntime();
    return rig;
  }

  /** A Worker's own address, by the name in its wrangler.toml. It changes with each restart. */
  url(worker: string): string {
    const address = this.#addresses.workers[worker];
    if (address === undefined) throw new Error(`The rig has no Worker ${worker}`);
    return address;
  }

  get inspectorUrl(): string {
    if (this.#addresses.inspector === null) throw new Error("The rig is not inspected");
    return this.#addresses.inspector;
  }

  /** Processor seconds that the runtime has used so far; null where the system does not say. */
  cpuSeconds(): Promise<number | null> {
    return cpuSecondsBelow(this.#process?.pid);
  }

  /** Rows of each query; all in one transaction. */
  async sql(worker: string, database: string, ...queries: readonly string[]): Promise<unknown> {
    return this.#call({ call: "sql", worker, database, queries });
  }

  async migrate(worker: string, database: string, folder: string): Promise<void> {
    const path = resolve(PROJECT, folder);
    for (const file of (await readdir(path)).filter((name) => name.endsWith(".sql")).toSorted()) {
      const queries = unstable_splitSqlQuery(await readFile(join(path, file), "utf8"));
      await this.sql(worker, database, ...queries);
    }
  }

  /** Puts an object to sleep: what it has in memory is gone. */
  async evict(worker: string, object: string, name: string): Promise<void> {
    await this.#call({ call: "evict", worker, object, name });
  }

  async stop(): Promise<void> {
    await this.stopRuntime();
    await rm(this.#options.storage, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A new runtime, on the storage that the one before left. */
  async startRuntime(): Promise<void> {
    this.#process = fork(PROCESS, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: ["--no-warnings"],
    });
    this.#addresses = addressesSchema.parse(await this.#call({ call: "start", options: this.#options }));
  }

  async stopRuntime(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, "exit");
    running.send({ id: 0, call: { call: "stop" } } satisfies RigRequest);
    await exited;
  }

  #call(call: RigCall): Promise<object | undefined> {
    const running = this.#process;
    if (running === undefined) throw new Error("The rig does not run");
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((settle, reject) => {
      const onExit = (): void => reject(new Error("The rig's process ended"));
      const onMessage = ({ id: answered, value, error }: RigReply): void => {
        if (answered !== id) return;
        running.off("message", onMessage);
        running.off("exit", onExit);
        if (error === undefined) settle(typeof value === "object" && value !== null ? value : undefined);
        else reject(new Error(error));
      };
      running.on("message", onMessage);
      running.once("exit", onExit);
      running.send({ id, call } satisfies RigRequest);
    });
  }
}
