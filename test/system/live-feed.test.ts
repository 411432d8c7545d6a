// The live feed through all Workers: many clients, cut connections, and a runtime that is killed in between.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventPageSchema } from "./answers.ts";
import { EventSource } from "./event-source.ts";
import { useLocalSystem } from "./local-system.ts";
import { System } from "./system.ts";

const CLIENTS = 500;
const EVENTS = 15;
/** Clients connect side by side, but not all at once: a listening socket keeps only so many waiting. */
const CONNECTING_AT_ONCE = 50;
/** On a machine that is busy with other things. */
const PATIENCE_MS = 90_000;
const TIMEOUT_MS = 4 * PATIENCE_MS;

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: PATIENCE_MS, interval: 50 });

describe("the live feed", { timeout: TIMEOUT_MS }, () => {
  let system: System;
  const local = useLocalSystem("--without-functions");
  beforeAll(async () => {
    system = await System.start();
  });
  afterAll(() => system.close());

  const source = async (path: string) => new EventSource(new URL(path, await system.url()));

  it(`brings each event to ${CLIENTS} clients, in order, without gap or repeat`, async () => {
    await system.post("/v1/accounts", { userId: 1, accountNumber: "LIVE" });
    await until(async () => (await system.all("/v1/feed")).length === 1);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => source("/v1/feed")));
    for (let start = 0; start < CLIENTS; start += CONNECTING_AT_ONCE) {
      await Promise.all(clients.slice(start, start + CONNECTING_AT_ONCE).map((client) => client.connect()));
    }

    for (let event = 0; event < EVENTS; event++) {
      const command = event % 2 === 0 ? "make-default" : "clear-default";
      await system.post(`/v1/accounts/LIVE/commands/${command}`);
      await new Promise((wake) => setTimeout(wake, 100));
    }
    await until(() => clients.every(({ events }) => events.length >= EVENTS));

    const wrong = clients.filter(({ ids }) => JSON.stringify(ids) !== JSON.stringify(numbers(2, EVENTS)));
    expect(wrong.map(({ ids }) => ids)).toEqual([]);
    const latencies = clients
      .flatMap(({ events }) => events.map(({ at, data }) => at - data.createdAt))
      .toSorted((one, other) => one - other);
    const share = (part: number) => latencies[Math.floor(part * (latencies.length - 1))];
    console.log(
      `Live feed, ms from commit to client: ${JSON.stringify({ clients: CLIENTS, p50: share(0.5), p99: share(0.99), max: share(1) })}`,
    );
    for (const client of clients) client.cut();
  });

  it("goes on where a client was cut off, also one that had not seen any event", async () => {
    await system.post("/v1/accounts", { userId: 2, accountNumber: "CUT" });
    const [feed, own] = [await source("/v1/feed?userId=2"), await source("/v1/accounts/CUT/events")];
    await until(async () => (await system.get("/v1/accounts/CUT")).status === 200);
    await Promise.all([feed.connect(), own.connect()]);
    for (const client of [feed, own]) client.cut();
    await system.post("/v1/accounts/CUT/commands/confirm");
    await system.post("/v1/accounts/LIVE/commands/make-default");
    await Promise.all([feed.connect(), own.connect()]);
    await until(() => feed.events.length === 1 && own.events.length === 1);
    await system.post("/v1/accounts/CUT/commands/activate");
    await until(() => feed.events.length === 2 && own.events.length === 2);

    expect(own.ids).toEqual([2, 3]);
    expect(feed.events.map(({ data }) => data.id)).toEqual(["CUT:2", "CUT:3"]);
    for (const client of [feed, own]) client.cut();
  });

  // It takes half a minute until that is noticed, in which the next test goes on.
  it.concurrent("counts nobody who has left", async () => {
    const client = await source("/v1/feed");
    await client.connect();
    client.cut();
    await until(async () => (await system.get("/v1/operations/status")).body.liveStreams === 0);
  });

  it.concurrent("goes on for every client after the runtime was killed, without gap or repeat", async () => {
    const url = await local.start();
    const accounts = numbers(1, 5).map((number) => `KILL-${number}`);
    const post = async (path: string, body?: object) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { "Content-Type": "application/json" };
      // What is not answered may or may not have been applied: the feed says which.
      await fetch(`${url}${path}`, { method: "POST", headers, ...init }).catch(() => null);
    };
    const toggle = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        for (const name of ["make-default", "clear-default"]) {
          await Promise.all(accounts.map((account) => post(`/v1/accounts/${account}/commands/${name}`)));
        }
      }
    };
    for (const accountNumber of accounts) await post("/v1/accounts", { userId: 1, accountNumber });
    const feeds = numbers(1, 10).map(() => new EventSource(new URL("/v1/feed?after=0", url)));
    const logs = accounts.map(
      (account) => new EventSource(new URL(`/v1/accounts/${account}/events?after=0`, url)),
    );
    const clients = [...feeds, ...logs];
    await Promise.all(clients.map((client) => client.connect()));

    const load = toggle(20);
    await until(() => feeds.every(({ events }) => events.length > 15));
    await local.kill();
    await load;
    await until(() => clients.every(({ isConnected }) => !isConnected));
    await local.start();
    await Promise.all(clients.map((client) => client.connect()));
    // Queue messages were in the killed runtime's memory: each account's next event brings what they told of.
    await toggle(2);

    const logged = await Promise.all(
      accounts.map(async (account) => {
        const page = await fetch(`${url}/v1/accounts/${account}/events?limit=500`);
        return eventPageSchema.parse(await page.json()).items.map(({ id }) => id);
      }),
    );
    const total = logged.flat().length;
    await until(() => feeds.every(({ events }) => events.length >= total));
    await until(() => logs.every(({ events }, index) => events.length >= (logged[index]?.length ?? 0)));
    for (const feed of feeds) {
      expect(feed.ids).toEqual(numbers(1, total));
      expect(feed.events.map(({ data }) => data.id).toSorted()).toEqual(logged.flat().toSorted());
    }
    expect(logs.map(({ events }) => events.map(({ data }) => data.id))).toEqual(logged);
  });
});
