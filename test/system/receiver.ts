// A receiver of webhooks on this machine: a real HTTP server that keeps what came, and answers as the test says.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
  /** The event's id. */
  readonly id: string;
  /** What the receiver answered; null where it answered in its own way. */
  readonly status: number | null;
}

/** A status, or an own way to answer. */
export type Answer = (id: string) => number | ((response: ServerResponse) => void);

export class Receiver {
  answer: Answer = () => 204;
  /** In the order in which they came, the refused ones too. */
  readonly deliveries: Delivery[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(port = 0): Promise<Receiver> {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port");
    const receiver = new Receiver(server, `http://127.0.0.1:${address.port}/events`);
    server.on("request", async (request, response) => {
      const body = await text(request).catch(() => "");
      const id = String(request.headers["webhook-id"]);
      const answer = receiver.answer(id);
      const status = typeof answer === "number" ? answer : null;
      receiver.deliveries.push({
        path: request.url ?? "",
        headers: request.headers,
        body,
        at: Date.now(),
        id,
        status,
      });
      if (typeof answer === "number") response.writeHead(answer).end();
      else answer(response);
    });
    return receiver;
  }

  /** The ids of what it took, in order. */
  get taken(): string[] {
    return this.deliveries.flatMap(({ id, status }) => (status !== null && status < 300 ? [id] : []));
  }

  get ids(): string[] {
    return this.deliveries.map(({ id }) => id);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Throws where the signature is not of this secret, or the event is none by CloudEvents 1.0. */
export function verified(
  { headers, body }: Pick<Delivery, "headers" | "body">,
  secret: string,
): CloudEvent<unknown> {
  new Webhook(secret).verify(body, {
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"]),
  });
  const event = HTTP.toEvent({ headers, body });
  if (Array.isArray(event)) throw new Error("One event, not a batch");
  return new CloudEvent(event);
}
