// One command, from HTTPS to a view that can be queried, through all four Workers.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { System } from "./system.ts";

const VIEW_TIMEOUT_MS = 20_000;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

/** Until the view is at a version: what a client without `minVersion` waits for. */
const viewAt = (accountNumber: string, version: number) =>
  vi.waitFor(
    async () => {
      const reply = await system.get(`/v1/accounts/${accountNumber}`);
      expect(reply.body.version).toBe(version);
      return reply;
    },
    { timeout: VIEW_TIMEOUT_MS, interval: 50 },
  );

it("an account's life is told by its log, its view, the feed, the totals and the past", async () => {
  const opened = await system.post("/v1/accounts", {
    userId: 7,
    accountNumber: "LIFE",
    defaultAccount: true,
  });
  expect(opened.status).toBe(201);
  for (const [command, body] of [
    ["confirm", undefined],
    ["activate", {}],
    ["suspend", { reason: "chargeback" }],
    ["activate", undefined],
    ["close", { reason: "moved" }],
  ] as const) {
    const reply = await system.post(`/v1/accounts/LIFE/commands/${command}`, body);
    expect(reply.status).toBe(200);
  }

  const view = await viewAt("LIFE", 6);
  expect(view.headers.get("Served-From")).toBe("view");
  expect(view.body).toMatchObject({
    userId: 7,
    accountNumber: "LIFE",
    status: "ACCOUNT_CLOSED",
    defaultAccount: false,
  });

  const log = await system.all("/v1/accounts/LIFE/events?limit=4");
  expect(log.map(({ type }) => type)).toEqual([
    "ACCOUNT_CREATED",
    "ACCOUNT_CONFIRMED",
    "ACCOUNT_ACTIVATED",
    "ACCOUNT_SUSPENDED",
    "ACCOUNT_ACTIVATED",
    "ACCOUNT_CLOSED",
  ]);
  const feed = (await system.all("/v1/feed")).filter(({ accountNumber }) => accountNumber === "LIFE");
  expect(feed.map(({ position: _, ...event }) => event)).toEqual(log);

  const past = await system.get("/v1/accounts/LIFE?version=4");
  expect(past.body).toMatchObject({ status: "ACCOUNT_SUSPENDED", defaultAccount: true, version: 4 });
  expect((await system.get("/v1/users/7/accounts")).body.items).toHaveLength(1);
  expect((await system.get("/v1/status-totals")).body).toMatchObject({
    totals: { ACCOUNT_CLOSED: 1 },
    accounts: 1,
  });
});

it("who reads with minVersion right after a command never gets 404, nor anything older", async () => {
  await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const path = `/v1/accounts/READ-${index}`;
      await system.post("/v1/accounts", { userId: 1, accountNumber: `READ-${index}` });
      const created = await system.get(`${path}?minVersion=1`);
      expect(created.status).toBe(200);
      await system.post(`${path}/commands/confirm`);
      const confirmed = await system.get(`${path}?minVersion=2`);
      expect(confirmed.body).toMatchObject({ status: "ACCOUNT_CONFIRMED", version: 2 });
      expect((await system.get(`${path}?minVersion=3`)).body.code).toBe("version-not-found");
    }),
  );
});

it("200 concurrent commands on one account: dense versions, those acknowledged, and a view that is their fold", async () => {
  await system.post("/v1/accounts", { userId: 1, accountNumber: "BUSY" });
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      system.post(`/v1/accounts/BUSY/commands/${index % 2 === 0 ? "make-default" : "clear-default"}`),
    ),
  );

  const acknowledged = replies
    .filter(({ status }) => status === 200)
    .map(({ body }) => body.events[0].version)
    .toSorted((one, other) => one - other);
  const log = await system.all("/v1/accounts/BUSY/events?limit=500");
  expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1));
  expect(log.slice(1).map(({ version }) => version)).toEqual(acknowledged);
  const { body: view } = await viewAt("BUSY", log.length);
  expect(view).toEqual((await system.get(`/v1/accounts/BUSY?minVersion=${log.length}`)).body);
  const { _links: _, ...folded } = (await system.get(`/v1/accounts/BUSY?version=${log.length}`)).body;
  expect(view).toMatchObject(folded);
});

it("one key fired 50 times at once: one event, 50 equal replies, 49 of them marked", async () => {
  await system.post("/v1/accounts", { userId: 1, accountNumber: "STORM" });
  const replies = await Promise.all(
    Array.from({ length: 50 }, () =>
      system.post("/v1/accounts/STORM/commands/confirm", undefined, { "Idempotency-Key": "storm" }),
    ),
  );

  expect(new Set(replies.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  expect(replies.filter(({ headers }) => headers.has("Idempotency-Replayed"))).toHaveLength(49);
  expect(await system.all("/v1/accounts/STORM/events")).toHaveLength(2);
});

describe("the edge", () => {
  it("says that each part answers", async () => {
    const reply = await system.get("/health");
    expect([reply.status, reply.body]).toEqual([
      200,
      { status: "ok", parts: { command: "ok", query: "ok", processor: "ok" } },
    ]);
  });

  it("leads bulk commands, refusals and unknown paths where they belong", async () => {
    const bulk = await system.post("/v1/commands", [
      { command: "create", userId: 5, accountNumber: "BULK" },
      { command: "activate", accountNumber: "BULK" },
    ]);
    expect(bulk.body.map(({ status }: Reply) => status)).toEqual([201, 409]);
    expect((await system.send("DELETE", "/v1/accounts/BULK")).headers.get("Allow")).toBe("GET, HEAD");
    expect((await system.send("PUT", "/v1/accounts")).headers.get("Allow")).toBe("GET, HEAD, POST");
    expect((await system.get("/v1/accounts/BULK/commands/close")).status).toBe(405);
    expect((await system.get("/v1/nowhere")).body.code).toBe("not-found");
    expect((await system.get("/nowhere")).body.code).toBe("not-found");
  });

  it("carries a caller's trace to the event, and makes one where there is none", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const traced = await system.post(
      "/v1/accounts",
      { userId: 1 },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );
    expect(traced.body.events[0].metadata.correlationId).toBe(traceId);
    const untraced = await system.post("/v1/accounts", { userId: 1 });
    expect(untraced.body.events[0].metadata.correlationId).toMatch(/^[0-9a-f]{32}$/);
  });
});

type Reply = { readonly status: number };
