// The inbox as another service meets it: over HTTP, with the CloudEvents SDK as the sender, through the real Workers.

import { createHmac } from "node:crypto";
import { CloudEvent, HTTP } from "cloudevents";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { System, WITH_FUNCTIONS } from "./system.ts";

const TIMEOUT_MS = 30_000;
const SECRET = Buffer.from("a secret of the users service").toString("base64");

/** Accounts for known users alone, and a secret for the service that tells of them. */
const CONFIGURED = WITH_FUNCTIONS.map((worker) => {
  if (!("configPath" in worker)) return worker;
  if (worker.configPath === "src/command/wrangler.toml") {
    return { ...worker, vars: { ...worker.vars, REQUIRE_KNOWN_USER: "true" } };
  }
  return worker.configPath === "src/processor/wrangler.toml"
    ? { ...worker, vars: { ...worker.vars, INBOX_SECRETS: `whsec_${SECRET}` } }
    : worker;
});

let system: System;
beforeAll(async () => {
  system = await System.start(CONFIGURED);
});
afterAll(() => system.close());

const userEvent = (type: string, userId: number) =>
  new CloudEvent({
    type,
    source: "https://users.test/",
    subject: String(userId),
    data: { userId, name: "Zoë" },
  });

async function send(
  { headers, body }: { headers: object; body: unknown },
  extra: Record<string, string> = {},
): Promise<{ status: number; items: { number: number; state: string }[] }> {
  const response = await fetch(new URL("/v1/inbox", await system.url()), {
    method: "POST",
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...extra,
    },
    body: String(body),
  });
  const answer: unknown = await response.json();
  return { items: [], ...(typeof answer === "object" ? answer : {}), status: response.status };
}

const batch = (events: readonly object[]) => ({
  headers: { "Content-Type": "application/cloudevents-batch+json; charset=utf-8" },
  body: JSON.stringify(events),
});

const opens = async (userId: number) => (await system.post("/v1/accounts", { userId })).status;

const untilOpens = (userId: number, status: number) =>
  vi.waitFor(async () => expect(await opens(userId)).toBe(status), { timeout: TIMEOUT_MS, interval: 100 });

it("users told of in each of the three modes get accounts, and nobody else does", async () => {
  expect(await opens(1)).toBe(422);
  expect((await send(HTTP.structured(userEvent("user.created", 1)))).status).toBe(202);
  expect((await send(HTTP.binary(userEvent("user.created", 2)))).status).toBe(202);
  expect((await send(batch([3, 4].map((userId) => userEvent("user.created", userId))))).status).toBe(202);

  for (const userId of [1, 2, 3, 4]) await untilOpens(userId, 201);
  expect((await system.post("/v1/accounts", { userId: 5 })).body.code).toBe("unknown-user");
  const { body } = await system.get("/v1/inbox?state=handled");
  expect(body.items).toHaveLength(4);
  for (const { _links } of body.items) {
    const { event } = (await system.get(_links.self.href)).body;
    expect(event.data).toEqual({ userId: Number(event.subject), name: "Zoë" });
  }
});

it("a user who leaves has every account closed, and gets no other", async () => {
  await send(HTTP.structured(userEvent("user.created", 10)));
  await untilOpens(10, 201);
  await opens(10);
  await vi.waitFor(async () => expect(await system.all("/v1/users/10/accounts")).toHaveLength(2), {
    timeout: TIMEOUT_MS,
    interval: 100,
  });
  await send(HTTP.structured(userEvent("user.deleted", 10)));

  await untilOpens(10, 422);
  await vi.waitFor(
    async () => {
      const accounts = await system.all("/v1/users/10/accounts");
      expect(accounts.map(({ status }) => status)).toEqual(accounts.map(() => "ACCOUNT_CLOSED"));
    },
    { timeout: TIMEOUT_MS, interval: 100 },
  );
});

it("an event sent many times at once is one", async () => {
  const event = HTTP.binary(userEvent("user.created", 20));
  const replies = await Promise.all(Array.from({ length: 20 }, () => send(event)));
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
  expect(new Set(replies.map(({ items }) => items[0]?.number)).size).toBe(1);
  await untilOpens(20, 201);
  expect((await send(event)).items).toMatchObject([{ state: "handled" }]);
});

it("a signature of the service that holds the secret lets in, and any other does not", async () => {
  const message = HTTP.structured(userEvent("user.created", 30));
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signedWith = (secret: string) => ({
    "webhook-id": "msg_30",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${createHmac("sha256", Buffer.from(secret, "base64"))
      .update(`msg_30.${timestamp}.${message.body}`)
      .digest("base64")}`,
  });
  expect((await send(message, signedWith(Buffer.from("a guess").toString("base64")))).status).toBe(401);
  expect(await opens(30)).toBe(422);
  expect((await send(message, signedWith(SECRET))).status).toBe(202);
  await untilOpens(30, 201);
});

it("an event whose message was lost is handled when the clock looks after it", async () => {
  const operations = await system.operations();
  // What the table holds when the Worker is gone between storing an event and sending its message.
  const event = userEvent("user.created", 40);
  await operations
    .prepare(
      `INSERT INTO inbox (source, id, type, event, state, correlation_id, received_at, due_at)
       VALUES ('https://users.test/', 'lost', 'user.created', ?1, 'stored', ?2, 0, 0)`,
    )
    .bind(JSON.stringify(event), "0".repeat(32))
    .run();
  expect(await opens(40)).toBe(422);
  await system.minutePasses();
  await untilOpens(40, 201);
});
