// The map over HTTP: what leads to what, and how each is now.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CREATE } from "../workerd/commands.ts";
import { Circle, confirming, fresh, send } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

it("the map shows what leads to what, with counts and lags, whole or narrowed", async () => {
  const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
  await circle.command(fresh("MAP"), CREATE);
  await circle.run();

  await env.OPERATIONS.prepare(
    `INSERT INTO subscriptions (id, url, types, secret, created_at, position)
     VALUES ('S-1', 'https://example.com/', '["ACCOUNT_CLOSED"]', 'whsec_', 0, 1)`,
  ).run();
  const { body } = await send(circle, "GET", "/v1/map");
  expect(body.subscriptions).toEqual([
    { id: "S-1", url: "https://example.com/", types: ["ACCOUNT_CLOSED"], state: "active", lag: 1 },
  ]);
  expect((await send(circle, "GET", "/v1/map?event=ACCOUNT_CREATED")).body.subscriptions).toEqual([]);
  expect(body.events).toHaveLength(10);
  expect(body.functions).toMatchObject([{ name: "confirming", reactions: 1, parked: 0 }]);
  expect(body).toMatchObject({ counts: { accounts: 1, parked: 0 }, lagMs: { events: 2 } });
  const lagOf = (type: string) => body.events.find((event: { type: string }) => event.type === type).lagMs;
  expect(lagOf("ACCOUNT_CREATED")).toEqual({ p50: expect.any(Number), p99: expect.any(Number), events: 1 });
  expect(lagOf("ACCOUNT_CLOSED")).toEqual({ p50: null, p99: null, events: 0 });
  const narrow = await send(circle, "GET", "/v1/map?function=confirming");
  expect(narrow.body.events).toMatchObject([
    { type: "ACCOUNT_CREATED", commands: ["create"], functions: ["confirming"] },
  ]);
  expect((await send(circle, "GET", "/v1/map?function=nobody")).status).toBe(404);
  expect((await send(circle, "GET", "/v1/map?what=ever")).status).toBe(400);
});

it("the map and the list have a function as soon as it is bound, before anything happens", async () => {
  const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
  const isThere = { name: "confirming", reactsTo: ["ACCOUNT_CREATED"], reactions: 0, position: null };
  expect((await send(circle, "GET", "/v1/map")).body.functions).toMatchObject([isThere]);
  expect((await send(circle, "GET", "/v1/operations/functions")).body.items).toMatchObject([isThere]);
});
