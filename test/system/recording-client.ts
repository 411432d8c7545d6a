// A client that notes when it asked and when it was answered, and reads each answer into what the model speaks of.

import * as z from "zod";
import type { AccountCommand } from "../../src/account/commands.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";
import type { Accepted, AccountOperation, Exchange, Read, Refused } from "./account-model.ts";
import { acceptedSchema, accountSchema, eventPageSchema } from "./answers.ts";
import type { Reply, System } from "./system.ts";

/** A log as long as this is read in one answer. */
const WHOLE_LOG = 500;

const problemSchema = z.looseObject({ code: z.string() });
/** Links that do not lead to commands. */
const OTHER_LINKS: readonly string[] = ["self", "account", "events", "commands", "owner"];
const linkedSchema = z.object({ _links: z.record(z.string(), z.object({ href: z.string() })) });
const legalSchema = linkedSchema.extend({ version: z.int() });

export class RecordingClient {
  readonly #system: System;
  readonly accountNumber: string;
  readonly #record: AccountOperation[];

  constructor(system: System, accountNumber: string, record: AccountOperation[]) {
    this.#system = system;
    this.accountNumber = accountNumber;
    this.#record = record;
  }

  async command(command: AccountCommand, expected: ExpectedVersion, key: string | null): Promise<void> {
    const { type, ...members } = command;
    const { accountNumber } = this;
    const [path, body] =
      type === "create"
        ? ["/v1/accounts", { ...members, accountNumber }]
        : [`/v1/accounts/${accountNumber}/commands/${type}`, members];
    const headers = { ...ifMatch(expected), ...(key === null ? {} : { "Idempotency-Key": key }) };
    await this.#exchange(
      () => this.#system.post(path, body, headers),
      (reply) => ({
        asked: "command",
        command,
        expected,
        key,
        answer: refusalOf(reply) ?? acceptedOf(reply),
      }),
    );
  }

  async minVersion(minVersion: number): Promise<void> {
    await this.#exchange(
      () => this.#system.get(`${this.#path}?minVersion=${minVersion}`),
      (reply) => ({ asked: "minVersion", minVersion, answer: refusalOf(reply) ?? readOf(reply) }),
    );
  }

  async version(version: number): Promise<void> {
    await this.#exchange(
      () => this.#system.get(`${this.#path}?version=${version}`),
      (reply) => ({ asked: "version", version, answer: refusalOf(reply) ?? readOf(reply) }),
    );
  }

  async events(): Promise<void> {
    await this.#exchange(
      () => this.#system.get(`${this.#path}/events?limit=${WHOLE_LOG}`),
      (reply) => ({
        asked: "events",
        answer: refusalOf(reply) ?? { kind: "events", events: eventPageSchema.parse(reply.body).items },
      }),
    );
  }

  async commands(): Promise<void> {
    await this.#exchange(
      () => this.#system.get(`${this.#path}/commands`),
      (reply) => ({
        asked: "commands",
        answer: refusalOf(reply) ?? {
          kind: "commands",
          version: legalSchema.parse(reply.body).version,
          legal: legalOf(reply),
        },
      }),
    );
  }

  get #path(): string {
    return `/v1/accounts/${this.accountNumber}`;
  }

  async #exchange(ask: () => Promise<Reply>, read: (reply: Reply) => Exchange): Promise<void> {
    const called = performance.now();
    const reply = await ask();
    const returned = performance.now();
    this.#record.push({ ...read(reply), called, returned });
  }
}

function ifMatch(expected: ExpectedVersion): Record<string, string> {
  if (expected === "any") return {};
  if (expected === "exists") return { "If-Match": "*" };
  return { "If-Match": expected.map((version) => `"${version}"`).join(", ") };
}

/** Null where it is none. What is not the caller's doing has no place in a history. */
function refusalOf({ status, body }: Reply): Refused | null {
  if (status < 400) return null;
  if (status >= 500) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const {
    type: _,
    title: __,
    status: ___,
    detail: ____,
    instance: _____,
    ...refusal
  } = problemSchema.parse(body);
  return { kind: "refused", refusal };
}

function acceptedOf({ headers, body }: Reply): Accepted {
  const {
    account,
    events: [event],
  } = acceptedSchema.parse(body);
  return { kind: "accepted", account, event, replayed: headers.has("Idempotency-Replayed") };
}

function readOf(reply: Reply): Read {
  const servedFrom = z.enum(["view", "log"]).parse(reply.headers.get("Served-From"));
  return { kind: "read", servedFrom, account: accountSchema.parse(reply.body), legal: legalOf(reply) };
}

/** The commands that are linked, in the order in which they are. */
function legalOf({ body }: Reply): string[] {
  return Object.keys(linkedSchema.parse(body)._links).filter((name) => !OTHER_LINKS.includes(name));
}
