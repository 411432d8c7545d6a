// The whole system under test: the four real wrangler.toml files, started together, driven through the edge.

import type { D1Database, Queue } from "@cloudflare/workers-types";
import { createTestHarness, type TestHarness, type TestHarnessOptions } from "wrangler";
import { FUNCTIONS } from "../../src/tools/workers.ts";
import { Conformance } from "./conformance.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

type Workers = TestHarnessOptions["workers"];

/** As `npm start` has it, whatever stands in a developer's .dev.vars. */
const OPEN = { OPEN_ON_LOOPBACK: "true", AUTH_ISSUER: "", AUTH_AUDIENCE: "", AUTH_JWKS_URL: "" };
const EDGE = { configPath: "wrangler.toml", vars: { AUTH_ISSUER: "", CONSOLE_CLIENT_ID: "" } };
const COMMAND = { configPath: "src/command/wrangler.toml", vars: OPEN };
const PROCESSOR = { configPath: "src/processor/wrangler.toml", vars: OPEN };
const QUERY = { configPath: "src/query/wrangler.toml", vars: OPEN };

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

/** In the system tests functions are down, so that every command is the test's own; only some want them. */
const NO_FUNCTIONS = FUNCTIONS.map(({ name }) => broken(`tributary-${name}`));

export const ALL_PARTS: Workers = [EDGE, COMMAND, PROCESSOR, QUERY, ...NO_FUNCTIONS];

/** All parts, where who may come in is configured so. */
export const allPartsWith = (vars: Record<string, string>): Workers => [
  { ...EDGE, vars: { ...EDGE.vars, ...vars } },
  ...[COMMAND, PROCESSOR, QUERY].map((part) => ({
    ...part,
    vars: { ...OPEN, OPEN_ON_LOOPBACK: "", ...vars },
  })),
  ...NO_FUNCTIONS,
];
export const WITHOUT_QUERY: Workers = [EDGE, COMMAND, PROCESSOR, broken("tributary-query"), ...NO_FUNCTIONS];
export const WITHOUT_PROCESSOR: Workers = [
  EDGE,
  COMMAND,
  broken("tributary-processor", ["FeedHub"]),
  QUERY,
  ...NO_FUNCTIONS,
];
export const WITH_FUNCTIONS: Workers = [
  EDGE,
  COMMAND,
  PROCESSOR,
  QUERY,
  ...FUNCTIONS.map(({ config }) => ({ configPath: config })),
];

/** The processor's clock, as its binding has it (src/processor/clock.ts). */
interface Clocks {
  getByName(name: string): { tick(): Promise<void> };
}

/** With functions, of which one hangs whatever it is asked. */
export const WITH_HANGING_FUNCTION: Workers = WITH_FUNCTIONS.map((worker) =>
  "configPath" in worker && worker.configPath === "src/functions/one-default/wrangler.toml"
    ? {
        config: {
          name: "tributary-one-default",
          main: "test/workerd/hanging-function.ts",
          compatibility_date: "2026-10-20",
        },
      }
    : worker,
);

/** Null where there is none. */
export function bodyOf(text: string, type: string | null): unknown {
  if (text === "") return null;
  return /^application\/([a-z.+-]+\+)?json\b/.test(type ?? "") ? JSON.parse(text) : text;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  readonly body: any;
}

export class System {
  readonly #harness: TestHarness;
  readonly #contract: Conformance;

  private constructor(harness: TestHarness, contract: Conformance) {
    this.#harness = harness;
    this.#contract = contract;
  }

  static async start(workers: Workers = ALL_PARTS): Promise<System> {
    const harness = createTestHarness({ root: ROOT, workers });
    await harness.listen();
    const processor = harness.getWorker("tributary-processor");
    for (const database of ["VIEWS", "OPERATIONS"]) await processor.applyD1Migrations(database);
    const contract = await harness.fetch("/openapi.json");
    return new System(harness, new Conformance(JSON.parse(await contract.text())));
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

  /** Puts a message into the queue of events, of a kind that no account would. */
  async enqueue(message: string | object): Promise<void> {
    const worker = this.#harness.getWorker<{ ACCOUNT_EVENTS: Queue<unknown> }>("tributary-processor");
    await (await worker.getEnv()).ACCOUNT_EVENTS.send(message);
  }

  /** What the processor does by the clock. */
  async minutePasses(): Promise<void> {
    const worker = this.#harness.getWorker<{ CLOCK: Clocks }>("tributary-processor");
    await (await worker.getEnv()).CLOCK.getByName("clock").tick();
  }

  /** Where the edge listens, for what `fetch` would not send. */
  async url(): Promise<URL> {
    return (await this.#harness.listen()).url;
  }

  /** What of an answer the contract does not say. */
  againstContract(method: string, path: string, reply: Reply): string[] {
    return this.#contract.findings(method, path, reply);
  }

  /** Whatever is answered has to be what the contract says. */
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
    const reply: Reply = {
      status: response.status,
      headers: new Headers([...response.headers]),
      body: bodyOf(text, response.headers.get("Content-Type")),
    };
    const findings = this.againstContract(method, path, reply);
    if (findings.length > 0) {
      throw new Error(
        `${method} ${path} answers ${reply.status} ${text}, against the contract: ${findings.join("; ")}`,
      );
    }
    return reply;
  }

  get(path: string, headers?: Record<string, string>): Promise<Reply> {
    return this.send("GET", path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
    return this.send("POST", path, body, headers);
  }

  /** All items of all pages of a list. */
  // biome-ignore lint/suspicious/noExplicitAny: see Reply
  async all(path: string, headers?: Record<string, string>): Promise<any[]> {
    const items = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const { body }: Reply = await this.get(next, headers);
      items.push(...body.items);
      next = body._links.next?.href;
    }
    return items;
  }
}
