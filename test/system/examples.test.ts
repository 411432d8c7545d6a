// The receivers in `examples/`, as they stand: events of the real system are delivered to them.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { freePort } from "./local-system.ts";
import { System } from "./system.ts";

const SOON = { timeout: 60_000, interval: 100 };

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups) cleanup();
});

async function subscribe(url: string): Promise<{ id: string; secret: string }> {
  return (await system.post("/v1/subscriptions", { url })).body;
}

const deliveredTo = async (id: string) =>
  (await system.get(`/v1/subscriptions/${id}`)).body.lastDelivery?.eventId ?? null;

async function openAndSuspend(accountNumber: string): Promise<void> {
  await system.post("/v1/accounts", { userId: 1, accountNumber });
  for (const [name, body] of [["confirm"], ["activate"], ["suspend", { reason: "chargeback" }]] as const) {
    expect((await system.post(`/v1/accounts/${accountNumber}/commands/${name}`, body)).status).toBe(200);
  }
}

it("the Node server prints each event once, and refuses what is not signed", async () => {
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const { id, secret } = await subscribe(url);
  const { child, output } = startNode("examples/receiver-node/receiver.mjs", secret, port);
  cleanups.push(() => child.kill());
  await vi.waitFor(() => expect(output()).toContain("Waiting for events"), SOON);

  await openAndSuspend("NODE");
  await vi.waitFor(async () => expect(await deliveredTo(id)).toBe("NODE:4"), SOON);
  expect(output()).toMatch(/ACCOUNT_SUSPENDED NODE \{"reason":"chargeback"\}\n/);

  // Everything once more, as after a crash on the sending side.
  const operations = await system.operations();
  const restart = "UPDATE subscriptions SET position = 0, position_event = NULL, delivered_event = NULL";
  await operations.prepare(`${restart} WHERE id = ?1`).bind(id).run();
  await system.minutePasses();
  await vi.waitFor(async () => expect(await deliveredTo(id)).toBe("NODE:4"), SOON);
  expect(output().match(/ACCOUNT_/g)).toHaveLength(4);

  expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await fetch(url, { method: "POST", body: "x".repeat(70_000) })).status).toBe(413);
  expect((await fetch(url)).status).toBe(405);
});

it("the Lambda function takes what is signed, and nothing else", async () => {
  const port = await freePort();
  const { id, secret } = await subscribe(`http://localhost:${port}/`);
  vi.stubEnv("WEBHOOK_SECRET", secret);
  const logged = vi.spyOn(console, "log").mockReturnValue();
  const path = new URL("../../examples/receiver-lambda/index.mjs", import.meta.url).href;
  const { handler } = await import(path);
  const statuses: number[] = [];
  // What a function URL makes of a request (payload format 2.0), and of the answer.
  const functionUrl = createServer(async (request, response) => {
    const { statusCode } = await handler({
      version: "2.0",
      headers: request.headers,
      body: Buffer.from(await text(request)).toString("base64"),
      isBase64Encoded: true,
    });
    statuses.push(statusCode);
    response.writeHead(statusCode).end();
  }).listen(port, "localhost");
  cleanups.push(() => functionUrl.close());
  await once(functionUrl, "listening");

  await openAndSuspend("LAMBDA");
  await vi.waitFor(async () => expect(await deliveredTo(id)).toBe("LAMBDA:4"), SOON);
  const lines = logged.mock.calls.map(([line]) => String(line)).filter((line) => line.startsWith('{"id"'));
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(
    [1, 2, 3, 4].map((version) => `LAMBDA:${version}`),
  );
  expect(statuses).toEqual([204, 204, 204, 204]);
  expect(await handler({ headers: {}, body: "{}", isBase64Encoded: false })).toEqual({ statusCode: 401 });
});

function startNode(
  file: string,
  secret: string,
  port: number,
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, [file], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return { child, output: () => output };
}
