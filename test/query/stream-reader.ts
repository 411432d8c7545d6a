// Reading a stream of the query Worker, block by block, as slowly as a test likes.

import { env } from "cloudflare:test";
import type { AccountCommand } from "../../src/account/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { type Block, BlockReader } from "./event-blocks.ts";
import { bindings, execute, request } from "./query-worker.ts";

export const ACCEPT_STREAM = { Accept: "text/event-stream" };

export class StreamReader {
  readonly response: Response;
  readonly #chunks: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #blocks = new BlockReader();
  #read: Block[] = [];

  static async open(
    path: string,
    headers: Record<string, string> = {},
    env = bindings,
  ): Promise<StreamReader> {
    return new StreamReader(await request(path, { headers: { ...ACCEPT_STREAM, ...headers } }, env));
  }

  constructor(response: Response) {
    if (!response.ok || response.body === null) throw new Error(`No stream: ${response.status}`);
    this.response = response;
    this.#chunks = response.body.getReader();
  }

  /** Null where the stream has ended. */
  async block(): Promise<Block | null> {
    while (this.#read.length === 0) {
      const { done, value } = await this.#chunks.read();
      if (done) return null;
      this.#read = this.#blocks.read(this.#decoder.decode(value, { stream: true }));
    }
    return this.#read.shift() ?? null;
  }

  /** The next so many events, whatever stands between. */
  async events(count: number): Promise<Block[]> {
    const events: Block[] = [];
    while (events.length < count) {
      const block = await this.block();
      if (block === null) throw new Error(`It ended after ${events.length} of ${count} events`);
      if (block.data !== null) events.push(block);
    }
    return events;
  }

  async ids(count: number): Promise<(number | null)[]> {
    return (await this.events(count)).map(({ id }) => id);
  }

  cancel(): Promise<void> {
    return this.#chunks.cancel();
  }
}

/** The account takes the commands, and its events go all the way to the views. */
export async function happen(accountNumber: string, ...commands: AccountCommand[]): Promise<void> {
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  const before = (await log.current())?.version ?? 0;
  await execute(accountNumber, ...commands);
  const { events } = await log.events(before, commands.length);
  if (events.length !== commands.length) throw new Error("A command was refused");
  await deliver([{ accountNumber, events }]);
}
