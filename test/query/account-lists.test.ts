import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Account } from "../../src/account/account.ts";
import { useEmptyViews } from "../workerd/views.ts";
import { invalid, json, problem, project, request } from "./query-worker.ts";

const account = (accountNumber: string, members: Partial<Account> = {}): Account => ({
  createdAt: 1000,
  lastModified: 1000,
  userId: 1,
  accountNumber,
  defaultAccount: false,
  status: "ACCOUNT_PENDING",
  version: 1,
  ...members,
});

const numbers = (page: { items: readonly { accountNumber: string }[] }) =>
  page.items.map(({ accountNumber }) => accountNumber);

/** The account numbers of every page, from the first link to the last. */
async function follow(path: string, between: () => Promise<void> = async () => {}): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = await json(next);
    pages.push(numbers(page));
    next = page._links.next?.href;
    await between();
  }
  return pages;
}

describe("the list of accounts", () => {
  useEmptyViews();

  it("is empty where there are none", async () => {
    const response = await request("/v1/accounts");
    expect(response.headers.get("Served-From")).toBe("view");
    expect(await response.json()).toEqual({ items: [], _links: { self: { href: "/v1/accounts" } } });
  });

  it("has the newest first, then by number, each with its links", async () => {
    await project(account("A"), account("C"), account("B"), account("newer", { createdAt: 2000 }));
    const page = await json("/v1/accounts");
    expect(numbers(page)).toEqual(["newer", "C", "B", "A"]);
    expect(page.items[0]).toMatchObject({
      ...account("newer", { createdAt: 2000 }),
      _links: {
        self: { href: "/v1/accounts/newer" },
        confirm: { href: "/v1/accounts/newer/commands/confirm" },
      },
    });
  });

  it("is paged by links, and the last page has none", async () => {
    await project(account("A"), account("B"), account("C"), account("D"));
    expect(await follow("/v1/accounts?limit=3")).toEqual([["D", "C", "B"], ["A"]]);
    expect(await follow("/v1/accounts?limit=2")).toEqual([
      ["D", "C"],
      ["B", "A"],
    ]);
  });

  it("gives 50 accounts unless asked for more, and 200 at most", async () => {
    await project(...Array.from({ length: 201 }, (_, index) => account(`N${index}`)));
    expect((await json("/v1/accounts")).items).toHaveLength(50);
    expect((await follow("/v1/accounts?limit=200")).map(({ length }) => length)).toEqual([200, 1]);
  });

  it("shows each account once while accounts are opened and change between the pages", async () => {
    const opened = ["A", "B", "C", "D", "E"].map((name, index) => account(name, { createdAt: index }));
    await project(...opened);
    let round = 0;

    const pages = await follow("/v1/accounts?limit=2", async () => {
      round += 1;
      await project(
        account(`opened-later-${round}`, { createdAt: 5000 + round }),
        ...opened.map((old) => ({
          ...old,
          status: "ACCOUNT_CLOSED" as const,
          lastModified: 9000,
          version: 2,
        })),
      );
    });

    expect(pages).toEqual([["E", "D"], ["C", "B"], ["A"]]);
  });

  it("shows an account of a status that newer code wrote as it stands, without commands, among the others", async () => {
    await project(account("A"), account("B"), account("C"));
    await env.VIEWS.exec("UPDATE accounts SET status = 'ACCOUNT_FROZEN' WHERE account_number = 'B'");
    const { items } = await json("/v1/accounts");
    expect(items).toMatchObject([
      { accountNumber: "C" },
      { status: "ACCOUNT_FROZEN" },
      { accountNumber: "A" },
    ]);
    expect(items[1]).toEqual({
      ...account("B"),
      status: "ACCOUNT_FROZEN",
      _links: {
        self: { href: "/v1/accounts/B" },
        events: { href: "/v1/accounts/B/events" },
        commands: { href: "/v1/accounts/B/commands" },
        owner: { href: "/v1/users/1/accounts" },
      },
    });
    expect(await json("/v1/accounts/B")).toEqual(items[1]);
  });

  it("keeps to its filters, on every page", async () => {
    await project(
      account("A", { userId: 7, status: "ACCOUNT_ACTIVE", defaultAccount: true }),
      account("B", { userId: 7, status: "ACCOUNT_ACTIVE" }),
      account("C", { userId: 7, status: "ACCOUNT_ACTIVE" }),
      account("D", { userId: 7 }),
      account("E", { userId: 8, status: "ACCOUNT_ACTIVE" }),
    );
    expect(await follow("/v1/accounts?userId=8")).toEqual([["E"]]);
    expect(await follow("/v1/accounts?status=ACCOUNT_ACTIVE&limit=2")).toEqual([
      ["E", "C"],
      ["B", "A"],
    ]);
    expect(await follow("/v1/accounts?defaultAccount=true")).toEqual([["A"]]);
    expect(await follow("/v1/accounts?userId=7&status=ACCOUNT_ACTIVE&defaultAccount=false&limit=1")).toEqual([
      ["C"],
      ["B"],
    ]);
  });

  it.each(["defaultAccount=true", "status=ACCOUNT_ACTIVE"])(
    "looks at 5,000 accounts a page for %s, and goes on behind them",
    async (query) => {
      const sought = { defaultAccount: true, status: "ACCOUNT_ACTIVE" } as const;
      const others = Array.from({ length: 5_000 }, (_, index) =>
        account(`O${index}`, { createdAt: 2000 + index }),
      );
      await project(...others, account("first", { ...sought, createdAt: 9000 }), account("last", sought));
      expect(await follow(`/v1/accounts?${query}`)).toEqual([["first"], ["last"]]);
      expect(await follow(`/v1/accounts?${query}&limit=1`)).toEqual([["first"], ["last"]]);
    },
  );

  it("finds rare statuses by their index, however many others there are", async () => {
    const others = Array.from({ length: 5_100 }, (_, index) =>
      account(`O${index}`, { createdAt: 2000 + index }),
    );
    const rare = { status: "ACCOUNT_SUSPENDED" } as const;
    await project(
      ...others,
      account("A", rare),
      account("B", rare),
      account("C", { ...rare, defaultAccount: true }),
    );
    expect(await follow("/v1/accounts?status=ACCOUNT_SUSPENDED&limit=2")).toEqual([["C", "B"], ["A"]]);
    expect(await follow("/v1/accounts?status=ACCOUNT_SUSPENDED&defaultAccount=true")).toEqual([["C"]]);
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["limit=1e2", "limit"],
    ["limit=%201", "limit"],
    ["limit=", "limit"],
    ["limit=5&limit=5", "limit"],
    ["userId=0", "userId"],
    ["userId=-1", "userId"],
    ["userId=01", "userId"],
    ["userId=9007199254740992", "userId"],
    ["status=active", "status"],
    ["status=", "status"],
    ["defaultAccount=1", "defaultAccount"],
    ["defaultAccount=TRUE", "defaultAccount"],
    ["cursor=", "cursor"],
    ["cursor=nonsense", "cursor"],
    ["cursor=%FF", "cursor"],
    [`cursor=${btoa('["1000","A"]')}`, "cursor"],
    [`cursor=${btoa("null")}`, "cursor"],
    ["userid=1", "userid"],
    ["after=1", "after"],
  ])("refuses ?%s", async (query, wrong) => {
    expect(await problem(await request(`/v1/accounts?${query}`))).toEqual(invalid(wrong));
  });

  it("names every parameter that is wrong", async () => {
    const response = await request("/v1/accounts?limit=0&userId=x&sort=age");
    expect(await problem(response)).toEqual(invalid("limit", "userId", "sort"));
  });
});

describe("a user's accounts", () => {
  useEmptyViews();

  it("are that user's alone, paged alike", async () => {
    await project(account("A"), account("B", { userId: 2 }), account("C"), account("D"));
    expect(await follow("/v1/users/1/accounts?limit=2")).toEqual([["D", "C"], ["A"]]);
  });

  it("are an empty page for a user without any", async () => {
    const response = await request("/v1/users/12345/accounts");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ items: [] });
  });

  it.each([
    ["/v1/users/0/accounts", "userId"],
    ["/v1/users/01/accounts", "userId"],
    ["/v1/users/x/accounts", "userId"],
    ["/v1/users/%FF/accounts", "userId"],
    ["/v1/users/1/accounts?status=ACCOUNT_ACTIVE", "status"],
    ["/v1/users/1/accounts?userId=1", "userId"],
    ["/v1/users/1/accounts?limit=201", "limit"],
  ])("are refused at %s", async (path, wrong) => {
    expect(await problem(await request(path))).toEqual(invalid(wrong));
  });
});
