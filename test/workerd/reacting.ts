// The whole circle inside workerd: commands, events, views, functions, and commands again. Queues hand over what waits in
// them when a test says so.

import { env } from "cloudflare:test";
import { vi } from "vitest";
import type { CommandOutcome } from "../../src/account/account-log.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import type { EventsMessage } from "../../src/account/events-message.ts";
import type { FunctionBindingName, ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";
import type { Answer, FunctionBinding, Happened, ReactionType } from "../../src/reactions/contract.ts";
import { recordSendsOf } from "./account-objects.ts";
import { request } from "./commands.ts";
import { type Delivered, deliver } from "./queue.ts";

/** On a machine that is busy with other things. */
const PUBLISH_TIMEOUT_MS = 30_000;
/** A circle that goes on longer goes on for ever. */
const MAX_ROUNDS = 200;

type Functions = Readonly<Record<FunctionBindingName, FunctionBinding>>;

export class Circle {
  readonly #functions: Functions;
  readonly #sends: ReturnType<typeof recordSendsOf>["sends"];
  /** Those of earlier tests may have something to send still. */
  readonly #accounts = new Set<string>();
  /** What waits in the queues. */
  readonly events: EventsMessage[];
  readonly reactions: unknown[] = [];
  /** How the messages of a batch are mixed. */
  mix = <Item>(items: readonly Item[]): readonly Item[] => items;

  /** Until the mocks are restored. */
  constructor(functions: Functions) {
    this.#functions = functions;
    const { sent, sends } = recordSendsOf((accountNumber) => this.#accounts.has(accountNumber));
    this.events = sent;
    this.#sends = sends;
  }

  /** What the processor is bound to beside the ordinary. */
  bindings(): Functions & Pick<ProcessorEnv, "ACCOUNT_REACTIONS"> {
    return {
      ...this.#functions,
      ACCOUNT_REACTIONS: {
        send: (message) => env.ACCOUNT_REACTIONS.send(message),
        metrics: () => env.ACCOUNT_REACTIONS.metrics(),
        sendBatch: async (messages) => {
          this.reactions.push(...[...messages].map(({ body }) => body));
          return { metadata: { metrics: await env.ACCOUNT_REACTIONS.metrics() } };
        },
      },
    };
  }

  /** Until its events are in the queue: an account that sent just now pauses before it sends again. */
  async command(accountNumber: string, command: AccountCommand): Promise<CommandOutcome> {
    this.#accounts.add(accountNumber);
    const [outcome] = await env.ACCOUNT_LOGS.getByName(accountNumber).execute([request(command)], false);
    if (outcome === undefined) throw new Error("one outcome for one command");
    const last = outcome.kind === "accepted" ? outcome.events.at(-1)?.id : undefined;
    if (last !== undefined)
      await vi.waitUntil(() => JSON.stringify(this.#sends.mock.calls).includes(`"${last}"`), {
        timeout: PUBLISH_TIMEOUT_MS,
        interval: 5,
      });
    return outcome;
  }

  /** Projects what waits. */
  deliverEvents(changed: Partial<ProcessorEnv> = {}): Promise<Delivered> {
    const messages = this.mix(this.events.splice(0));
    return deliver(messages, env.VIEWS, "account-events", { ...this.bindings(), ...changed });
  }

  /** Leads functions to what waits; what they want again waits again. */
  async deliverReactions(changed: Partial<ProcessorEnv> = {}): Promise<Delivered> {
    const messages = this.mix(this.reactions.splice(0));
    const delivered = await deliver(messages, env.VIEWS, "account-reactions", {
      ...this.bindings(),
      ...changed,
    });
    this.reactions.push(...delivered.retried.map((index) => messages[index]));
    return delivered;
  }

  /** Until nothing waits. */
  async run(): Promise<void> {
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      await this.deliverEvents();
      await this.deliverReactions();
      if (this.events.length === 0 && this.reactions.length === 0) return;
    }
    throw new Error(`After ${MAX_ROUNDS} rounds there is more: ${JSON.stringify(this.reactions)}`);
  }
}

/** Logs outlive a test, so each test takes numbers that nobody had. */
export const freshNumber = (): string => crypto.randomUUID().replaceAll("-", "");

export async function logOf(accountNumber: string): Promise<readonly RecordedAccountEvent[]> {
  return (await env.ACCOUNT_LOGS.getByName(accountNumber).events(0, 500)).events;
}

export const typesOf = async (accountNumber: string): Promise<string[]> =>
  (await logOf(accountNumber)).map(({ type }) => type);

/** A function of a test's own. */
export function functionNamed(
  name: string,
  reactsTo: readonly ReactionType[],
  react: (happened: Happened<"ACCOUNT_CREATED">) => Promise<Answer> | Answer,
): FunctionBinding {
  return {
    describe: async () => ({ name, reactsTo, sends: [] }),
    async react(happened) {
      if (!("account" in happened)) throw new Error("It is told of accounts alone");
      return react(happened);
    },
  };
}

/** A number that nobody had, with a name to know it by. */
export const fresh = (name: string): string => `${name}-${crypto.randomUUID().slice(0, 8)}`;

/** Confirms what is created, expecting that nothing else happened. */
export const confirming = functionNamed(
  "confirming",
  ["ACCOUNT_CREATED"],
  ({ event: { accountNumber, version } }) => ({
    commands: [{ command: "confirm", accountNumber, expectedVersion: version }],
  }),
);

/** A request to the processor. */
export async function send(circle: Circle, method: "GET" | "POST", path: string) {
  const bindings: ProcessorEnv = { ...env, ...circle.bindings() };
  const response = await worker.fetch(new Request(`http://localhost${path}`, { method }), bindings);
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const body: any = await response.json();
  return { status: response.status, body };
}

export async function parkedNow(circle: Circle) {
  return (await send(circle, "GET", "/v1/operations/parked")).body.items;
}
