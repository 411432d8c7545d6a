import { describe, expect, it } from "vitest";
import { readFeed } from "../../src/views/feed.ts";
import { event, folded, recorded } from "../account/given.ts";
import { addToFeed } from "../workerd/feed.ts";
import { useEmptyViews } from "../workerd/views.ts";

describe("the feed", () => {
  const views = useEmptyViews();

  it("gives positions without gaps, in the order in which events were added", async () => {
    const events = recorded([event.created(), event.confirmed, event.activated]);
    await addToFeed(views, events.slice(0, 2));
    await addToFeed(views, events.slice(2));

    const page = await readFeed(views, 0, {}, 10);

    expect(page.events).toEqual(
      events.map((recorded, index) => ({ position: index + 1, userId: 1, event: recorded })),
    );
    expect(page.next).toBeNull();
  });

  it("ends a page at its limit, and goes on from there", async () => {
    const events = recorded([event.created(), event.confirmed, event.activated]);
    await addToFeed(views, events);

    const first = await readFeed(views, 0, {}, 2);
    expect(first.events.map(({ position }) => position)).toEqual([1, 2]);
    expect(first.next).toBe(2);
    const second = await readFeed(views, 2, {}, 2);
    expect(second.events.map(({ position }) => position)).toEqual([3]);
    expect(second.next).toBeNull();
  });

  it("keeps to the types asked for", async () => {
    await addToFeed(views, recorded([event.created(), event.confirmed, event.activated]));

    const page = await readFeed(views, 0, { types: ["ACCOUNT_ACTIVATED", "ACCOUNT_CREATED"] }, 10);

    expect(page.events.map(({ position }) => position)).toEqual([1, 3]);
  });

  it("keeps to the accounts of one user, and goes on behind the others'", async () => {
    const own = folded([event.created()]);
    const [created, confirmed] = recorded([event.created(), event.confirmed]);
    if (own === null || created === undefined || confirmed === undefined) throw new Error("two events");
    const others = { accountNumber: "OTHERS", userId: own.userId + 1 };
    const foreign = { ...created, id: "OTHERS:1", accountNumber: "OTHERS", data: { userId: others.userId } };
    await addToFeed(views, [created, foreign, confirmed]);

    const positions = async (userId: number, limit: number) => {
      const { events, next } = await readFeed(views, 0, { userId }, limit);
      return [events.map(({ position }) => position), next];
    };
    expect(await positions(own.userId, 10)).toEqual([[1, 3], null]);
    expect(await positions(own.userId, 1)).toEqual([[1], 1]);
    expect(await positions(others.userId, 10)).toEqual([[2], null]);
    expect(await positions(99, 10)).toEqual([[], null]);
  });

  it("goes on behind thousands of positions without the types asked for", async () => {
    const many = recorded([
      event.created(),
      ...Array.from({ length: 6_000 }, () => event.madeDefault),
      event.closed,
    ]);
    for (let start = 0; start < many.length; start += 1_000) {
      await addToFeed(views, many.slice(start, start + 1_000));
    }

    const first = await readFeed(views, 1, { types: ["ACCOUNT_CLOSED"] }, 10);
    expect(first).toEqual({ events: [], reached: 5_001, next: 5_001, end: 6_002 });
    const second = await readFeed(views, 5_001, { types: ["ACCOUNT_CLOSED"] }, 10);
    expect(second.events.map(({ position }) => position)).toEqual([6_002]);
    expect(second.next).toBeNull();
  });
});
