// Following the feed and an account: from any place on, without gap or repeat, whatever happens meanwhile.

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { event, recorded } from "../account/given.ts";
import { CREATE, toggles } from "../workerd/commands.ts";
import { addToFeed } from "../workerd/feed.ts";
import { closeFollowers, followers, hub, spyOnQueries, untilFollowers } from "../workerd/feed-hub.ts";
import { useEmptyViews } from "../workerd/views.ts";
import { bindings, execute, freshNumber, invalid, json, notFound, problem, request } from "./query-worker.ts";
import { ACCEPT_STREAM, happen, StreamReader } from "./stream-reader.ts";

const views = useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await closeFollowers();
});

const changes = (count: number) => toggles(count).map(({ command }) => command);
const numbers = (from: number, upTo: number) =>
  Array.from({ length: upTo - from + 1 }, (_, index) => from + index);

describe("following the feed", () => {
  it("starts with the next event, says first where it is, and gives each event as a page does", async () => {
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE);
    const stream = await StreamReader.open("/v1/feed");
    expect(stream.response.headers.get("Content-Type")).toBe("text/event-stream");
    expect(stream.response.headers.get("Cache-Control")).toBe("no-store");
    expect(await stream.block()).toEqual({ id: 1, data: null });

    await happen(accountNumber, ...changes(2));
    const events = await stream.events(2);
    expect(events.map(({ id }) => id)).toEqual([2, 3]);
    expect(events.map(({ data }) => data)).toEqual((await json("/v1/feed?after=1")).items);
  });

  it("goes on after a place, with all that is there before what comes", async () => {
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE, ...changes(248));
    const stream = await StreamReader.open("/v1/feed?after=3");
    expect(await stream.ids(246)).toEqual(numbers(4, 249));
    await happen(accountNumber, ...changes(2));
    expect(await stream.ids(2)).toEqual([250, 251]);
  });

  it("goes on after Last-Event-ID, whatever the address says", async () => {
    await happen(freshNumber(), CREATE, ...changes(4));
    const stream = await StreamReader.open("/v1/feed?after=1", { "Last-Event-ID": "4" });
    expect(await stream.ids(1)).toEqual([5]);
  });

  it("has each event once where events come while it is opened and while it catches up", async () => {
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE);
    let reads = 0;
    const meanwhile: D1Database = Object.assign(Object.create(views), {
      prepare: (query: string) => views.prepare(query),
      batch: async (statements: D1PreparedStatement[]) => {
        if (reads++ === 0) await happen(accountNumber, ...changes(2));
        const results = await views.batch(statements);
        if (reads === 1) await happen(accountNumber, ...changes(2));
        return results;
      },
    });
    const stream = await StreamReader.open("/v1/feed?after=0", {}, { ...bindings, VIEWS: meanwhile });
    expect(await stream.ids(5)).toEqual(numbers(1, 5));
    await happen(accountNumber, ...changes(1));
    expect(await stream.ids(1)).toEqual([6]);
  });

  it("reads what it is missing where what comes does not follow on what it has", async () => {
    const log = recorded([event.created(), event.confirmed, event.activated]);
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    await addToFeed(views, log.slice(0, 2));
    // The hub is made to believe that it sent these.
    await runInDurableObject(hub(), (_, state) => {
      const place = { position: 2, eventId: log[1]?.id ?? null };
      for (const socket of state.getWebSockets()) socket.serializeAttachment(place);
    });
    await evictDurableObject(hub());
    await addToFeed(views, log.slice(2));
    await hub().grown();
    expect(await stream.ids(3)).toEqual([1, 2, 3]);
  });

  it("does not wait where more comes at once than is kept for a reader", async () => {
    const reason = "\u0001".repeat(500);
    const suspended = Array.from({ length: 99 }, () => ({ type: "ACCOUNT_SUSPENDED", data: { reason } }));
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    const events = stream.ids(100);
    await addToFeed(views, recorded([event.created(), ...suspended]));
    const addedAt = Date.now();
    await hub().grown();
    expect(await events).toEqual(numbers(1, 100));
    // A heartbeat would bring it, too.
    expect(Date.now() - addedAt).toBeLessThan(10_000);
  });

  it("is left without a word about it in the log", async () => {
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    const waiting = stream.block();
    await stream.cancel();
    await waiting;
    await untilFollowers(0);
    expect(vi.mocked(console.log).mock.calls.filter(([line]) => String(line).includes("dropped"))).toEqual(
      [],
    );
  });

  it.each([
    ["types=ACCOUNT_CONFIRMED,ACCOUNT_CLOSED", [2, 5]],
    ["accountNumber=FILTER-B", [3, 4]],
    ["userId=8", [3, 4]],
    ["userId=8&types=ACCOUNT_CREATED", [3]],
  ])("keeps to %s, in what is there and in what comes", async (query, expected) => {
    const [a, b] = [`FILTER-A`, `FILTER-B`];
    const owned = (accountNumber: string, userId: number, ...log: { type: string; data: object }[]) =>
      recorded(log).map((one) => ({
        ...one,
        accountNumber,
        id: `${accountNumber}:${one.version}`,
        data: one.version === 1 ? { ...one.data, userId } : one.data,
      }));
    const [aCreated, aConfirmed, aClosed] = owned(a, 7, event.created(), event.confirmed, event.closed);
    const [bCreated, bDefault] = owned(b, 8, event.created(), event.madeDefault);
    const log = [aCreated, aConfirmed, bCreated, bDefault, aClosed].filter((one) => one !== undefined);

    const live = await StreamReader.open(`/v1/feed?${query}`);
    for (const one of log) {
      await addToFeed(views, [one]);
      await hub().grown();
    }
    const late = await StreamReader.open(`/v1/feed?${query}&after=0`);
    expect(await live.ids(expected.length)).toEqual(expected);
    expect(await late.ids(expected.length)).toEqual(expected);
    const page = await json(`/v1/feed?${query}`);
    expect(page.items.map(({ position }) => position)).toEqual(expected);
  });

  it("says how far it is when what came was filtered out, so that nobody reads it again", async () => {
    await happen(freshNumber(), CREATE, ...changes(3));
    const stream = await StreamReader.open("/v1/feed?after=0&types=ACCOUNT_CLOSED");
    expect(await stream.block()).toEqual({ id: 0, data: null });
    expect(await stream.block()).toEqual({ id: 4, data: null });
  });

  it("asks the database nothing while nothing happens, and nothing of its own when something does", async () => {
    const streams = [];
    for (let count = 0; count < 10; count++) streams.push(await StreamReader.open("/v1/feed"));
    for (const stream of streams) await stream.block();
    await addToFeed(views, recorded([event.created()]));
    const { batches, singles } = spyOnQueries();
    const waiting = streams.map((stream) => stream.ids(1));
    await scheduler.wait(100);
    expect([batches.mock.calls.length, singles.mock.calls.length]).toEqual([0, 0]);
    await hub().grown();
    expect(await Promise.all(waiting)).toEqual(streams.map(() => [1]));
    expect([batches.mock.calls.length, singles.mock.calls.length]).toEqual([1, 0]);
  });
});

describe("following an account", () => {
  it("starts with its next event, and has no other account's", async () => {
    const [own, other] = [freshNumber(), freshNumber()];
    await happen(own, CREATE);
    const stream = await StreamReader.open(`/v1/accounts/${own}/events`);
    expect(await stream.block()).toEqual({ id: 1, data: null });
    await happen(other, CREATE, ...changes(2));
    await happen(own, ...changes(2));
    const events = await stream.events(2);
    expect(events.map(({ id }) => id)).toEqual([2, 3]);
    expect(events.map(({ data }) => data)).toEqual((await json(`/v1/accounts/${own}/events?after=1`)).items);
  });

  it("goes on after a version from the log, which may be ahead of the feed", async () => {
    const own = freshNumber();
    await happen(own, CREATE, ...changes(149));
    await execute(own, { type: "clear-default" });
    const stream = await StreamReader.open(`/v1/accounts/${own}/events?after=2`);
    expect(await stream.ids(149)).toEqual(numbers(3, 151));
    await happen(own, { type: "make-default" });
    expect(await stream.ids(1)).toEqual([152]);
  });

  it("is not possible where there is no such account", async () => {
    const response = await request(`/v1/accounts/${freshNumber()}/events`, { headers: ACCEPT_STREAM });
    expect(await problem(response)).toEqual(notFound("account"));
    await untilFollowers(0);
  });
});

describe("a reader", () => {
  it("that leaves is not followed for any longer", async () => {
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    expect(await followers()).toBe(1);
    await stream.cancel();
    await untilFollowers(0);
  });

  it("that is silent for a while hears that the connection lives", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    const next = stream.block();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await next).toEqual({ id: 0, data: null });
  });

  it("for whom all that comes is filtered out hears it too, and where the feed is by then", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const stream = await StreamReader.open("/v1/feed?types=ACCOUNT_CLOSED");
    await stream.block();
    // Followed later, so that the other has what this one has.
    const all = await StreamReader.open("/v1/feed");
    const next = stream.block();
    for (const one of recorded([event.created(), event.confirmed])) {
      await addToFeed(views, [one]);
      await hub().grown();
      await all.ids(1);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(await next).toEqual({ id: 2, data: null });
  });

  it("that takes nothing is dropped, and goes on later where it was", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE, ...changes(150));
    const stream = await StreamReader.open("/v1/feed?after=0");
    expect(await stream.ids(100)).toEqual(numbers(1, 100));
    expect(await followers()).toBe(1);
    await vi.advanceTimersByTimeAsync(15_000);
    vi.useRealTimers();
    await untilFollowers(0);
    await expect(stream.ids(1)).rejects.toThrow("takes nothing");

    const again = await StreamReader.open("/v1/feed", { "Last-Event-ID": "100" });
    expect(await again.ids(51)).toEqual(numbers(101, 151));
  });

  it("that is slow has only so much kept for it, and reads the rest where it is stored", async () => {
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE);
    const stream = await StreamReader.open("/v1/feed");
    await stream.block();
    for (let round = 0; round < 10; round++) await happen(accountNumber, ...changes(100));
    const { batches } = spyOnQueries();
    expect(await stream.ids(1_000)).toEqual(numbers(2, 1_001));
    expect(batches.mock.calls.length).toBeGreaterThan(5);
  });

  it("whose hub goes away is sent away too, and resumes", async () => {
    const accountNumber = freshNumber();
    await happen(accountNumber, CREATE);
    const stream = await StreamReader.open("/v1/feed?after=0");
    expect(await stream.ids(1)).toEqual([1]);
    await closeFollowers();
    let last: number | null = null;
    for (let block = await stream.block(); block !== null; block = await stream.block()) last = block.id;
    expect(last).toBe(1);
    await happen(accountNumber, ...changes(1));
    const again = await StreamReader.open("/v1/feed", { "Last-Event-ID": String(last) });
    expect(await again.ids(1)).toEqual([2]);
  });
});

describe("a page", () => {
  it.each(["*/*", "application/json", "text/html, */*;q=0.8", "application/json, text/event-stream;q=0.5"])(
    "is what Accept: %s gets",
    async (accept) => {
      const response = await request("/v1/feed", { headers: { Accept: accept } });
      expect(await response.json()).toMatchObject({ items: [] });
    },
  );

  it("is what HEAD asks about", async () => {
    const response = await request("/v1/feed", { method: "HEAD", headers: ACCEPT_STREAM });
    expect(response.headers.get("Content-Type")).toContain("application/json");
    expect(await followers()).toBe(0);
  });
});

it.each([
  ["/v1/feed", { "Last-Event-ID": "1" }, "Last-Event-ID"],
  ["/v1/feed", { "Last-Event-ID": "x" }, "Last-Event-ID"],
  ["/v1/feed", { "Last-Event-ID": "-1" }, "Last-Event-ID"],
  ["/v1/feed?after=1", {}, "after"],
  ["/v1/feed?after=x", {}, "after"],
  ["/v1/feed?limit=1", {}, "limit"],
  ["/v1/feed?userId=0", {}, "userId"],
  ["/v1/feed?accountNumber=a%20b", {}, "accountNumber"],
  ["/v1/accounts/123456/events?limit=1", {}, "limit"],
])("%s with %o is no stream", async (path, headers, wrong) => {
  const response = await request(path, { headers: { ...ACCEPT_STREAM, ...headers } });
  expect(await problem(response)).toEqual(invalid(wrong));
  await untilFollowers(0);
});
