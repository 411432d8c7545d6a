// When a part of the system is down: the others go on, and everything catches up.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ALL_PARTS, System, WITHOUT_PROCESSOR, WITHOUT_QUERY } from "./system.ts";

const CATCH_UP_TIMEOUT_MS = 60_000;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it("the views refuse all writes while 1,000 commands come for 100 accounts: everything catches up", async () => {
  const { post, all } = bound(system);
  const views = await system.views();
  await views.exec("ALTER TABLE feed_chunks RENAME TO feed_away");

  const accounts = Array.from({ length: 100 }, (_, index) => `LATE-${index}`);
  const life = [
    "confirm",
    "activate",
    "make-default",
    "clear-default",
    "suspend",
    "activate",
    "archive",
    "activate",
    "close",
  ];
  await Promise.all(
    accounts.map(async (accountNumber) => {
      expect((await post("/v1/accounts", { userId: 1, accountNumber })).status).toBe(201);
      for (const command of life) {
        expect((await post(`/v1/accounts/${accountNumber}/commands/${command}`)).status).toBe(200);
      }
    }),
  );
  expect(await all("/v1/accounts?limit=200")).toEqual([]);
  await views.exec("ALTER TABLE feed_away RENAME TO feed_chunks");

  await vi.waitFor(
    async () => {
      const closed = await all("/v1/accounts?status=ACCOUNT_CLOSED&limit=200");
      expect(closed.map(({ version }) => version)).toEqual(accounts.map(() => 10));
    },
    { timeout: CATCH_UP_TIMEOUT_MS, interval: 500 },
  );
  const feed = await all("/v1/feed?limit=500");
  expect(new Set(feed.map(({ id }) => id)).size).toBe(1000);
  expect(feed.map(({ position }) => position)).toEqual(feed.map((_, index) => index + 1));
});

it("the views can't even be read while commands come: everything catches up", async () => {
  const { post, get } = bound(system);
  const views = await system.views();
  await views.exec("ALTER TABLE accounts RENAME TO accounts_away");

  expect((await post("/v1/accounts", { userId: 1, accountNumber: "BLIND" })).status).toBe(201);
  expect((await get("/v1/accounts/BLIND")).body.code).toBe("unavailable");
  await new Promise((wake) => setTimeout(wake, 3_000));
  await views.exec("ALTER TABLE accounts_away RENAME TO accounts");

  await vi.waitFor(async () => expect((await get("/v1/accounts/BLIND")).body.version).toBe(1), {
    timeout: CATCH_UP_TIMEOUT_MS,
    interval: 200,
  });
});

it("a query side that crashes affects no command, nor what the views hold when it is back", async () => {
  const { post, get } = bound(system);
  await post("/v1/accounts", { userId: 1, accountNumber: "STEADY" });
  await system.deploy(WITHOUT_QUERY);

  expect((await get("/v1/accounts/STEADY")).body.code).toBe("unavailable");
  expect((await get("/health")).body.parts).toEqual({ command: "ok", query: "unavailable", processor: "ok" });
  expect((await post("/v1/accounts/STEADY/commands/confirm")).status).toBe(200);
  expect((await post("/v1/accounts", { userId: 1, accountNumber: "MEANWHILE" })).status).toBe(201);

  await system.deploy(ALL_PARTS);
  expect((await get("/v1/accounts/STEADY?minVersion=2")).body.status).toBe("ACCOUNT_CONFIRMED");
  await vi.waitFor(
    async () => {
      expect((await get("/v1/accounts/MEANWHILE")).body.version).toBe(1);
      expect((await get("/v1/accounts/STEADY")).body.version).toBe(2);
    },
    { timeout: CATCH_UP_TIMEOUT_MS, interval: 200 },
  );
});

it("a processor that is down affects no command and no log, and readers with minVersion see no difference", async () => {
  await system.deploy(WITHOUT_PROCESSOR);
  const { post, get, all } = bound(system);

  expect((await post("/v1/accounts", { userId: 1, accountNumber: "ALONE" })).status).toBe(201);
  expect((await post("/v1/accounts/ALONE/commands/confirm")).status).toBe(200);
  const read = await get("/v1/accounts/ALONE?minVersion=2");
  expect(read.headers.get("Served-From")).toBe("log");
  expect(read.body.status).toBe("ACCOUNT_CONFIRMED");
  expect(await all("/v1/accounts/ALONE/events")).toHaveLength(2);
  expect((await get("/health")).body.parts.processor).toBe("unavailable");
  expect((await get("/v1/feed")).status).toBe(200);
  expect((await get("/v1/feed", { Accept: "text/event-stream" })).body.code).toBe("unavailable");

  await system.deploy(ALL_PARTS);
  expect((await post("/v1/accounts/ALONE/commands/activate")).status).toBe(200);
  await vi.waitFor(async () => expect((await get("/v1/accounts/ALONE")).body.version).toBe(3), {
    timeout: CATCH_UP_TIMEOUT_MS,
    interval: 200,
  });
});

function bound(running: System) {
  return {
    get: running.get.bind(running),
    post: running.post.bind(running),
    all: running.all.bind(running),
  };
}
