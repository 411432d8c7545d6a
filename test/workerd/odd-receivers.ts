// Receivers of webhooks for the tests inside workerd, which can't listen: real HTTP on this machine, each path with a
// way of its own to answer.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";

/** What the receivers saw, by path: `GET /seen`. */
const seen = { redirected: 0, closed: 0 };

const ANSWERS: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  "/well": (_, response) => response.writeHead(202).end(),
  "/gone": (_, response) => response.writeHead(410).end(),
  "/failing": (_, response) => response.writeHead(500).end("a stack trace"),
  "/busy": (_, response) => response.writeHead(429, { "Retry-After": "600" }).end(),
  "/down": (_, response) => {
    response.writeHead(503, { "Retry-After": new Date(Date.now() + 600_000).toUTCString() }).end();
  },
  "/down-for-ever": (_, response) => {
    response.writeHead(503, { "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT" }).end();
  },
  "/down-until-now": (_, response) => {
    response.writeHead(503, { "Retry-After": new Date(Date.now() - 600_000).toUTCString() }).end();
  },
  "/down-somehow": (_, response) => response.writeHead(503, { "Retry-After": "soon" }).end(),
  "/failing-busily": (_, response) => response.writeHead(500, { "Retry-After": "600" }).end(),
  "/redirecting": (_, response) => response.writeHead(307, { Location: "/redirected" }).end(),
  "/redirected": (_, response) => {
    seen.redirected += 1;
    response.writeHead(200).end();
  },
  "/silent": () => {},
  "/cutting": (_, response) => response.destroy(),
  "/endless": (_, response) => {
    const pouring = setInterval(() => response.write("x".repeat(100_000)), 1);
    response.on("close", () => {
      seen.closed += 1;
      clearInterval(pouring);
    });
    response.writeHead(200);
  },
  "/seen": (_, response) => response.writeHead(200).end(JSON.stringify(seen)),
};

export default async function setup(project: TestProject): Promise<() => void> {
  const server = createServer((request, response) => {
    const answer = ANSWERS[request.url ?? ""];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port");
  project.provide("receivers", `http://127.0.0.1:${address.port}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
