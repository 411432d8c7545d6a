// The whole system under test: the four real wrangler.toml files, started together, driven through the edge.

import type { D1Database } from "@cloudflare/workers-types";
import { createTestHarness, type TestHarness, type TestHarnessOptions } from "wrangler";

const ROOT = new URL("../../", import.meta.url).pathname;

type Workers = TestHarnessOptions["workers"];

const EDGE = { configPath: "wrangler.toml" };
const COMMAND = { configPath: "src/command/wrangler.toml" };
const PROCESSOR = { configPath: "src/processor/wrangler.toml" };
const QUERY = { configPath: "src/query/wrangler.toml" };

/** A Worker of that name which is broken, in the place of the real one, with the objects that others bind. */
const broken = (name: string, objects: readonly string[] = []) => ({
  config: {
    name,
    main: "test/system/broken.ts",
    compatibility_date: "2026-10-20",
    durable_objects: { bindings: objects.map((object) => ({ name: object, class_name: object })) },
    migrations: [{ tag: "v1", new_sqlite_classes: [...objects] }],
  },
});

export const ALL_PARTS: Workers = [EDGE, COMMAND, PROCESSOR, QUERY];
export const WITHOUT_QUERY: Workers = [EDGE, COMMAND, PROCESSOR, broken("tributary-query")];
export const WITHOUT_PROCESSOR: Workers = [EDGE, COMMAND, broken("tributary-processor", ["FeedHub"]), QUERY];

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  readonly body: any;
}

export class System {
  readonly #harness: TestHarness;

  private constructor(harness: TestHarness) {
    this.#harness = harness;
  }

  static async start(): Promise<System> {
    const harness = createTestHarness({ root: ROOT, workers: ALL_PARTS });
    await harness.listen();
    const processor = harness.getWorker("tributary-processor");
    for (const database of ["VIEWS", "OPERATIONS"]) await processor.applyD1Migrations(database);
    return new System(harness);
  }

  close(): Promise<void> {
    return this.#harness.close();
  }

  /** Deploys: what runs is replaced, what is stored stays. */
  deploy(workers: Workers): Promise<void> {
    return this.#harness.update({ root: ROOT, workers });
  }

  async views(): Promise<D1Database> {
    const env = await this.#harness.getWorker<{ VIEWS: D1Database }>("tributary-processor").getEnv();
    return env.VIEWS;
  }

  async operations(): Promise<D1Database> {
    const worker = this.#harness.getWorker<{ OPERATIONS: D1Database }>("tributary-processor");
    return (await worker.getEnv()).OPERATIONS;
  }

  /** What the processor does by the clock. */
  async minutePasses(): Promise<void> {
    await this.#harness.getWorker("tributary-processor").scheduled({ cron: "* * * * *" });
  }

  /** Where the edge listens, for what `fetch` would not send. */
  async url(): Promise<URL> {
    return (await this.#harness.listen()).url;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await this.#harness.fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: new Headers([...response.headers]),
      body: text === "" ? null : JSON.parse(text),
    };
  }

  get(path: string, headers?: Record<string, string>): Promise<Reply> {
    return this.send("GET", path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
    return this.send("POST", path, body, headers);
  }

  /** All items of all pages of a list. */
  // biome-ignore lint/suspicious/noExplicitAny: see Reply
  async all(path: string): Promise<any[]> {
    const items = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const { body }: Reply = await this.get(next);
      items.push(...body.items);
      next = body._links.next?.href;
    }
    return items;
  }
}
