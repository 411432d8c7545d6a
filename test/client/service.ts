// A service on loopback that answers as a test says, and remembers what it was asked.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach } from "vitest";

interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `cut`: the connection ends without an answer. */
type Answer =
  | "cut"
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };

export interface Service {
  readonly url: string;
  readonly asked: Asked[];
  /** One for each request, in their order; the last one for all that follow. */
  answers: Answer[];
}

export function useService(): Service {
  const service: { url: string; asked: Asked[]; answers: Answer[] } = { url: "", asked: [], answers: [] };
  const server = createServer(async (request, response) => {
    const { method, url: path, headers } = request;
    service.asked.push({ method, path, headers, body: await text(request) });
    const answer = service.answers.length > 1 ? service.answers.shift() : service.answers[0];
    if (answer === undefined || answer === "cut") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  beforeEach(async () => {
    service.asked.length = 0;
    await once(server.listen(0, "localhost"), "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port");
    service.url = `http://localhost:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return service;
}

/** As the service answers a command. */
export const accepted = (version: number): Answer => ({
  status: 200,
  body: { account: { accountNumber: "123456", version }, events: [] },
});

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { code, status, detail: "No" },
  headers: { "Content-Type": "application/problem+json", ...headers },
});
