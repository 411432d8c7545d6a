import { describe, expect, it } from "vitest";
import { appendToFeed, readFeed } from "../../src/views/feed.ts";
import { event, recorded } from "../account/given.ts";
import { useEmptyViews } from "../workerd/views.ts";

describe("the feed", () => {
  const views = useEmptyViews();

  it("gives positions without gaps, in the order in which events were added", async () => {
    const events = recorded([event.created(), event.confirmed, event.activated]);
    await appendToFeed(views, events.slice(0, 2)).run();
    await appendToFeed(views, events.slice(2)).run();

    const page = await readFeed(views, 0, null, 10);

    expect(page.events).toEqual(events.map((recorded, index) => ({ position: index + 1, event: recorded })));
    expect(page.next).toBeNull();
  });

  it("ends a page at its limit, and goes on from there", async () => {
    const events = recorded([event.created(), event.confirmed, event.activated]);
    await appendToFeed(views, events).run();

    const first = await readFeed(views, 0, null, 2);
    expect(first.events.map(({ position }) => position)).toEqual([1, 2]);
    expect(first.next).toBe(2);
    const second = await readFeed(views, 2, null, 2);
    expect(second.events.map(({ position }) => position)).toEqual([3]);
    expect(second.next).toBeNull();
  });

  it("keeps to the types asked for", async () => {
    await appendToFeed(views, recorded([event.created(), event.confirmed, event.activated])).run();

    const page = await readFeed(views, 0, ["ACCOUNT_ACTIVATED", "ACCOUNT_CREATED"], 10);

    expect(page.events.map(({ position }) => position)).toEqual([1, 3]);
  });
});
