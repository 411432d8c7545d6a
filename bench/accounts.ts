// Accounts under load: opened once, then commands that are each accepted, whichever door they come through.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Exchange, Traffic } from "./traffic.ts";

/** How many accounts are opened side by side. */
const PARALLEL = 20;
const MAX_ATTEMPTS = 10;
const RETRY_MS = 200;
/** What a client gave up is over by then, in any of the systems. */
const CUT_OFF_MS = 500;

export class Accounts implements Traffic {
  readonly expected = 200;
  readonly numbers: readonly string[];
  readonly #connections: number;
  readonly #isDefault: boolean[];
  /** Where each connection is in its share of the accounts. */
  readonly #turns: number[];
  /** The account that each connection has a command under way for. */
  readonly #underWay: (number | undefined)[] = [];

  /** `connections`: at most so many send at the same time. Each has accounts of its own. */
  constructor(prefix: string, count: number, connections: number, isDefault = false) {
    this.numbers = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
    this.#connections = Math.min(connections, count);
    this.#isDefault = this.numbers.map(() => isDefault);
    this.#turns = Array.from({ length: this.#connections }, () => 0);
  }

  /** An account that only the last connection sends to: with one connection less it is left alone. */
  get lastConnection(): number {
    return this.#connections - 1;
  }

  async open(url: string): Promise<void> {
    await inParallel(this.numbers, PARALLEL, (accountNumber, index) =>
      post(`${url}/v1/accounts`, { userId: index + 1, accountNumber }, [201, 409]),
    );
  }

  /** Makes it the default account, or takes that back: legal from any state but one, and changes it each time. */
  next(connection: number): Exchange {
    const turn = this.#turns[connection] ?? 0;
    const own = Math.ceil((this.numbers.length - connection) / this.#connections);
    const index = connection + (turn % own) * this.#connections;
    this.#turns[connection] = turn + 1;
    this.#underWay[connection] = index;
    return { method: "POST", path: this.#path(index) };
  }

  answered(connection: number, _status: number): void {
    const index = this.#underWay[connection];
    if (index === undefined) return;
    this.#underWay[connection] = undefined;
    // A refusal too says that the account is in that state.
    this.#isDefault[index] = !this.#isDefault[index];
  }

  /** After a load: what was cut off may have been applied or not. Answers how many commands that were, with those it took. */
  async settle(url: string): Promise<number> {
    const cutOff = [...this.#underWay.entries()].filter(([, index]) => index !== undefined);
    // One that is under way still would be applied behind what is sent here.
    if (cutOff.length > 0) await sleep(CUT_OFF_MS);
    for (const [connection, index = 0] of cutOff) {
      this.#underWay[connection] = undefined;
      await post(`${url}/v1/accounts/${this.numbers[index]}/commands/make-default`, undefined, [200, 409]);
      this.#isDefault[index] = true;
    }
    return 2 * cutOff.length;
  }

  /** One command on one account; its version after it, as the reply has it. */
  async command(url: string, index: number): Promise<number> {
    const reply = await post(`${url}${this.#path(index)}`, undefined, [200]);
    this.#isDefault[index] = !this.#isDefault[index];
    return versionIn(reply);
  }

  #path(index: number): string {
    const command = this.#isDefault[index] ? "clear-default" : "make-default";
    return `/v1/accounts/${this.numbers[index]}/commands/${command}`;
  }
}

/** As many commands on one account, bulk by bulk: what fills a log. */
export async function fillLog(url: string, accountNumber: string, events: number): Promise<void> {
  const MAX_BULK = 100;
  for (let version = 1; version <= events; version += MAX_BULK) {
    const count = Math.min(MAX_BULK, events - version + 1);
    const commands = Array.from({ length: count }, (_, index) => commandOf(accountNumber, version + index));
    const outcomes = await post(`${url}/v1/commands`, commands, [200]);
    if (!Array.isArray(outcomes) || outcomes.some(({ status }) => status >= 400)) {
      throw new Error(`${accountNumber}: not all of ${JSON.stringify(outcomes)} were accepted`);
    }
  }
}

/** The command that writes an account's event of a version: the first opens it, the others turn its default flag. */
function commandOf(accountNumber: string, version: number): object {
  if (version === 1) return { command: "create", accountNumber, userId: 1 };
  return { command: version % 2 === 0 ? "make-default" : "clear-default", accountNumber };
}

/** Sends until it is answered as it should be; the local runtime refuses connections at times, when it is new. */
export async function post(
  url: string,
  body: unknown,
  expected: readonly number[],
  headers: Headers = new Headers(),
): Promise<unknown> {
  if (body !== undefined) headers.set("Content-Type", "application/json");
  for (let attempt = 1; ; attempt++) {
    const { status, text } = await send(url, headers, body);
    if (expected.includes(status)) return text === "" ? undefined : JSON.parse(text);
    const isFinal = status > 0 && status < 500;
    if (isFinal || attempt === MAX_ATTEMPTS) throw new Error(`${url}: ${status} ${text}`);
    await sleep(RETRY_MS);
  }
}

/** Status 0 is no answer. */
async function send(
  url: string,
  headers: Headers,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

/** The version of the account in a reply, of a command or a read. */
export function versionIn(reply: unknown): number {
  const parsed = replySchema.parse(reply);
  return "account" in parsed ? parsed.account.version : parsed.version;
}

const versionedSchema = z.object({ version: z.int() });
const replySchema = z.union([z.object({ account: versionedSchema }), versionedSchema]);

export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let index = next++; index < items.length; index = next++) {
        const item = items[index];
        if (item !== undefined) await work(item, index);
      }
    }),
  );
}
