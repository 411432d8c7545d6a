// The hub: what the feed gains reaches every follower, read once for all of them, and nobody pays for silence.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FeedHub } from "../../src/processor/feed-hub.ts";
import { accountPart, followRequest, growthSchema, WHOLE_FEED } from "../../src/views/feed-hub.ts";
import { readFollowers } from "../../src/views/followed.ts";
import { event, recorded } from "../account/given.ts";
import { freshNumber } from "../query/query-worker.ts";
import { happen } from "../query/stream-reader.ts";
import { CREATE } from "../workerd/commands.ts";
import { addToFeed } from "../workerd/feed.ts";
import { closeFollowers, hub, spyOnQueries, untilFollowers, WAIT } from "../workerd/feed-hub.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await closeFollowers();
});

interface Follower {
  /** Of all messages, in order. */
  readonly positions: number[];
  readonly userIds: (number | null)[];
  readonly socket: WebSocket;
  messages: number;
  closed: boolean;
}

async function follow(followed = WHOLE_FEED): Promise<Follower> {
  const { webSocket: socket } = await hub().fetch(followRequest(followed));
  if (!socket) throw new Error("no WebSocket");
  const follower: Follower = { positions: [], userIds: [], socket, messages: 0, closed: false };
  socket.addEventListener("message", ({ data }) => {
    const events = growthSchema.parse(JSON.parse(String(data)));
    follower.positions.push(...events.map(({ position }) => position));
    follower.userIds.push(...events.map(({ userId }) => userId));
    follower.messages += 1;
  });
  socket.addEventListener("close", () => {
    follower.closed = true;
  });
  socket.accept();
  return follower;
}

const LONG_LOG = recorded([event.created(), ...Array.from({ length: 999 }, () => event.madeDefault)]);

/** The next so many of an account's events come into the feed, and the hub is not told. */
async function add(count: number, accountNumber = "HUB"): Promise<void> {
  const had = await views
    .prepare("SELECT version AS count FROM accounts WHERE account_number = ?1")
    .bind(accountNumber)
    .first<number>("count");
  const events = LONG_LOG.slice(had ?? 0, (had ?? 0) + count).map((one) => ({
    ...one,
    accountNumber,
    id: `${accountNumber}:${one.version}`,
  }));
  await addToFeed(views, events);
}

async function grow(count: number, accountNumber?: string): Promise<void> {
  await add(count, accountNumber);
  await hub().grown();
}

const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index);

const untilHas = (follower: Follower, positions: readonly number[]) =>
  vi.waitFor(() => expect(follower.positions).toEqual(positions), WAIT);

describe("a growth", () => {
  it("reaches every follower once and in order, with whose account it is, from one query for all", async () => {
    await grow(3);
    const followers = await Promise.all(Array.from({ length: 20 }, () => follow()));
    await add(2);
    const { batches } = spyOnQueries();
    await hub().grown();

    for (const follower of followers) await untilHas(follower, [4, 5]);
    expect(batches).toHaveBeenCalledTimes(1);
    expect(followers[7]?.userIds).toEqual([1, 1]);
  });

  it("that is large comes in messages of bounded size", async () => {
    const follower = await follow();
    await grow(250);
    await untilHas(follower, upTo(250));
    expect(follower.messages).toBe(3);
  });

  it("of many batches at once is read in a few queries, one after the other", async () => {
    const follower = await follow();
    for (let batch = 0; batch < 30; batch++) await add(1);
    const { batches } = spyOnQueries();
    await Promise.all(Array.from({ length: 30 }, () => hub().grown()));
    await untilHas(follower, upTo(30));
    expect(batches.mock.calls.length).toBeLessThan(10);
  });

  it("costs no query where nobody follows", async () => {
    const { batches, singles } = spyOnQueries();
    await hub().grown();
    await hub().grown();
    expect(batches).not.toHaveBeenCalled();
    expect(singles).not.toHaveBeenCalled();
  });

  it("of one account reaches those who follow that account, and no other", async () => {
    const [one, other, whole] = [
      await follow(accountPart("ONE")),
      await follow(accountPart("TWO")),
      await follow(),
    ];
    await grow(2, "ONE");
    await grow(1, "TWO");
    await grow(1, "ONE");
    await untilHas(whole, upTo(4));
    await untilHas(one, [1, 2, 4]);
    await untilHas(other, [3]);
  });

  it("while nobody followed is not sent to who follows next", async () => {
    const early = await follow();
    await grow(1);
    await untilHas(early, [1]);
    early.socket.close();
    await untilFollowers(0);
    await grow(2);

    const late = await follow();
    await grow(1);
    await untilHas(late, [4]);
  });
});

describe("a hub that forgets", () => {
  it("goes on, after hibernating, where its followers are", async () => {
    const follower = await follow();
    await grow(2);
    await untilHas(follower, [1, 2]);
    await evictDurableObject(hub());
    await add(1);
    await grow(1);
    await untilHas(follower, upTo(4));
    await evictDurableObject(hub());
    const other = await follow();
    await grow(1);
    await untilHas(follower, upTo(5));
    await vi.waitFor(() => expect(other.positions.at(-1)).toBe(5), WAIT);
  });

  it("is gone for its followers where its connections are cut, and they see it", async () => {
    const follower = await follow();
    await evictDurableObject(hub(), { webSockets: "close" });
    await vi.waitFor(() => expect(follower.closed).toBe(true), WAIT);
    const next = await follow();
    await grow(1);
    await untilHas(next, [1]);
  });
});

describe("a growth that nobody told of", () => {
  it("is found by the hub's own look, which goes on while anybody follows", async () => {
    const follower = await follow();
    await add(2);
    expect(await runDurableObjectAlarm(hub())).toBe(true);
    await untilHas(follower, [1, 2]);
    await add(1);
    expect(await runDurableObjectAlarm(hub())).toBe(true);
    await untilHas(follower, upTo(3));

    follower.socket.close();
    await untilFollowers(0);
    expect(await runDurableObjectAlarm(hub())).toBe(true);
    expect(await runDurableObjectAlarm(hub())).toBe(false);
  });

  it("is found although the look before it failed", async () => {
    const follower = await follow();
    await add(1);
    await views.exec("ALTER TABLE feed_chunks RENAME TO feed_away");
    await hub().grown();
    await runDurableObjectAlarm(hub());
    expect(follower.positions).toEqual([]);
    await views.exec("ALTER TABLE feed_away RENAME TO feed_chunks");
    await runDurableObjectAlarm(hub());
    await untilHas(follower, [1]);
  });
});

it("who follows a feed that was made anew is sent away, to begin anew", async () => {
  const follower = await follow();
  await grow(3);
  await untilHas(follower, upTo(3));
  await views.batch([views.prepare("DELETE FROM feed_chunks"), views.prepare("DELETE FROM accounts")]);
  await grow(1);
  await vi.waitFor(() => expect(follower.closed).toBe(true), WAIT);
  const next = await follow();
  await grow(1);
  await untilHas(next, [2]);
});

it("so is who follows one that is as long by now as it was before", async () => {
  const follower = await follow();
  await grow(1, "ONE");
  await grow(1, "TWO");
  await untilHas(follower, [1, 2]);
  await views.batch([views.prepare("DELETE FROM feed_chunks"), views.prepare("DELETE FROM accounts")]);
  await add(2, "ONE");
  await grow(1, "TWO");
  await vi.waitFor(() => expect(follower.closed).toBe(true), WAIT);
  expect(follower.positions).toEqual([1, 2]);
});

it("who can't be told where the feed is, is refused and not kept", async () => {
  await views.exec("ALTER TABLE feed_chunks RENAME TO feed_away");
  const failed = await runInDurableObject(hub(), async (instance) => {
    try {
      await instance.fetch(followRequest(WHOLE_FEED));
      return false;
    } catch {
      return true;
    }
  });
  expect(failed).toBe(true);
  await views.exec("ALTER TABLE feed_away RENAME TO feed_chunks");
  await untilFollowers(0);
});

describe("who adds to the feed", () => {
  it("learns that somebody follows before the follower looks where the feed is", async () => {
    await views.exec("DELETE FROM followed");
    await evictDurableObject(hub());
    const heads: boolean[] = [];
    const first = Object.getPrototypeOf(views.prepare("SELECT 1")).first;
    vi.spyOn(Object.getPrototypeOf(views.prepare("SELECT 1")), "first").mockImplementation(async function (
      this: D1PreparedStatement,
      ...args: unknown[]
    ) {
      heads.push((await views.prepare("SELECT id FROM followed").all()).results.length === 1);
      return first.apply(this, args);
    });
    await follow();
    expect(heads).toEqual([true]);
  });

  it("tells nobody where nobody follows, and the hub again as soon as somebody does", async () => {
    const grown = vi.spyOn(FeedHub.prototype, "grown");
    const changed = async (accountNumber: string) => {
      await happen(accountNumber, CREATE);
      return grown.mock.calls.length;
    };
    await runDurableObjectAlarm(hub());
    expect((await readFollowers(views)).hub).toBe(false);
    expect(await changed(freshNumber())).toBe(0);
    const follower = await follow();
    await changed(freshNumber());
    await vi.waitFor(() => expect(grown).toHaveBeenCalled());
    await untilHas(follower, [2]);
    follower.socket.close();
    await untilFollowers(0);
    await runDurableObjectAlarm(hub());
    expect((await readFollowers(views)).hub).toBe(false);
  });

  it("goes on telling the hub where somebody comes while the mark is taken away", async () => {
    const early = await follow();
    early.socket.close();
    await untilFollowers(0);
    const [next] = await Promise.all([follow(), runDurableObjectAlarm(hub())]);
    expect((await readFollowers(views)).hub).toBe(true);
    await happen(freshNumber(), CREATE);
    await untilHas(next, [1]);
  });

  it("does so again soon after the views were made anew under the followers", async () => {
    await follow();
    await views.exec("DELETE FROM followed");
    await runDurableObjectAlarm(hub());
    expect((await readFollowers(views)).hub).toBe(true);
  });
});
