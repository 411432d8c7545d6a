import { beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT_NUMBER, event, recorded } from "../account/given.ts";
import { addToFeed } from "../workerd/feed.ts";
import { useEmptyViews } from "../workerd/views.ts";
import { invalid, json, nextPage, problem, request } from "./query-worker.ts";

const positions = (page: { items: readonly { position: number }[] }) =>
  page.items.map(({ position }) => position);

describe("the feed", () => {
  const views = useEmptyViews();
  beforeEach(async () => {
    const log = [
      event.created(),
      event.confirmed,
      { type: "ACCOUNT_AUDITED", data: { by: "x" } },
      event.closed,
    ];
    await addToFeed(views, recorded(log));
  });

  it("gives each event with its position beside the other members", async () => {
    const response = await request("/v1/feed");
    expect(response.headers.get("Served-From")).toBe("view");
    const page = await response.json<{ items: { position: number }[] }>();
    const { schema: _, ...first } = recorded([event.created()])[0] ?? { schema: 0 };
    expect(positions(page)).toEqual([1, 2, 3, 4]);
    expect(page.items[0]).toEqual({
      position: 1,
      ...first,
      _links: {
        self: { href: `/v1/accounts/${ACCOUNT_NUMBER}/events/1` },
        account: { href: `/v1/accounts/${ACCOUNT_NUMBER}` },
      },
    });
  });

  it("is paged by links, and the last page has none", async () => {
    const first = await json("/v1/feed?limit=3");
    expect(positions(first)).toEqual([1, 2, 3]);
    const second = await nextPage(first);
    expect(positions(second)).toEqual([4]);
    expect(second._links.next).toBeUndefined();
  });

  it("goes on after a position", async () => {
    expect(positions(await json("/v1/feed?after=2"))).toEqual([3, 4]);
    expect(positions(await json("/v1/feed?after=4"))).toEqual([]);
  });

  it("keeps to the types asked for, on every page, and takes types that it does not know", async () => {
    const first = await json("/v1/feed?types=ACCOUNT_CREATED,ACCOUNT_AUDITED,ACCOUNT_CLOSED&limit=2");
    expect(positions(first)).toEqual([1, 3]);
    expect(positions(await nextPage(first))).toEqual([4]);
    expect(positions(await json("/v1/feed?types=SOMETHING_NEW"))).toEqual([]);
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["after=-1", "after"],
    ["after=1.5", "after"],
    ["types=", "types"],
    ["types=ACCOUNT_CREATED,", "types"],
    ["types=ACCOUNT_CREATED,,ACCOUNT_CLOSED", "types"],
    ["types=account_created", "types"],
    ["types=ACCOUNT_CREATED&types=ACCOUNT_CLOSED", "types"],
    [`types=${Array(51).fill("A").join(",")}`, "types"],
    ["cursor=1", "cursor"],
  ])("refuses ?%s", async (query, wrong) => {
    expect(await problem(await request(`/v1/feed?${query}`))).toEqual(invalid(wrong));
  });
});
