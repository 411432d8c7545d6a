// A client of server-sent events over a real connection, which resumes as a browser's EventSource does.

import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { type Block, BlockReader } from "../query/event-blocks.ts";

interface Received extends Block {
  /** Epoch milliseconds. */
  readonly at: number;
}

export class EventSource {
  /** All events of all connections, in the order in which they came. */
  readonly events: Received[] = [];
  lastId: number | null = null;
  readonly #url: URL;
  #request: ClientRequest | null = null;
  #response: IncomingMessage | null = null;

  constructor(url: URL) {
    this.#url = url;
  }

  get ids(): (number | null)[] {
    return this.events.map(({ id }) => id);
  }

  get isConnected(): boolean {
    return this.#response !== null && !this.#response.destroyed && !this.#response.readableEnded;
  }

  /** Until it has heard where it is. Rejects where there is no stream. */
  async connect(): Promise<void> {
    const headers = {
      Accept: "text/event-stream",
      "Accept-Encoding": "gzip",
      ...(this.lastId === null ? {} : { "Last-Event-ID": String(this.lastId) }),
    };
    // A connection of its own, as each client has.
    this.#request = get(this.#url, { headers, agent: false });
    const [response]: IncomingMessage[] = await once(this.#request, "response");
    if (response?.statusCode !== 200) throw new Error(`No stream: ${response?.statusCode}`);
    this.#response = response.setEncoding("utf8");
    // A connection that breaks is what a client of a stream has to expect.
    this.#request.on("error", () => {});
    response.on("error", () => {});
    const blocks = new BlockReader();
    response.on("data", (chunk: string) => this.#take(blocks.read(chunk)));
    if (this.lastId === null) await once(response, "data");
  }

  /** As when the network goes away. */
  cut(): void {
    this.#request?.destroy();
  }

  #take(blocks: readonly Block[]): void {
    const at = Date.now();
    for (const block of blocks) {
      if (block.id !== null) this.lastId = block.id;
      if (block.data !== null) this.events.push({ ...block, at });
    }
  }
}
