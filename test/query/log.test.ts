import { describe, expect, it } from "vitest";
import { CREATE } from "../workerd/commands.ts";
import { execute, freshNumber, invalid, json, nextPage, notFound, problem, request } from "./query-worker.ts";

const toActive = [CREATE, { type: "confirm" }, { type: "activate" }] as const;

describe("an account's log", () => {
  it("is read in order, from its owner", async () => {
    const { accountNumber } = await execute(freshNumber(), ...toActive);
    const path = `/v1/accounts/${accountNumber}/events`;

    const response = await request(path);

    expect(response.headers.get("Served-From")).toBe("log");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      items: [
        { version: 1, type: "ACCOUNT_CREATED", data: { userId: 1, defaultAccount: false } },
        { version: 2, type: "ACCOUNT_CONFIRMED", data: {} },
        { version: 3, type: "ACCOUNT_ACTIVATED", data: {} },
      ],
      _links: { self: { href: path } },
    });
  });

  it("is paged without loss or repetition, and its last page has no next", async () => {
    const { accountNumber } = await execute(freshNumber(), ...toActive);

    const first = await json(`/v1/accounts/${accountNumber}/events?limit=2`);
    const second = await nextPage(first);

    expect(first.items.map(({ version }) => version)).toEqual([1, 2]);
    expect(second.items.map(({ version }) => version)).toEqual([3]);
    expect(second._links.next).toBeUndefined();
  });

  it("has no next page where a page ends with the log", async () => {
    const { accountNumber } = await execute(freshNumber(), ...toActive);
    const page = await json(`/v1/accounts/${accountNumber}/events?limit=3`);
    expect(page._links.next).toBeUndefined();
  });

  it("has an empty page after its end", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    const page = await json(`/v1/accounts/${accountNumber}/events?after=7`);
    expect(page.items).toEqual([]);
    expect(page._links.next).toBeUndefined();
  });

  it("gives 100 events unless asked for more", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    for (let round = 0; round < 50; round++) {
      await execute(accountNumber, { type: "make-default" }, { type: "clear-default" });
    }
    const path = `/v1/accounts/${accountNumber}/events`;
    expect((await json(path)).items).toHaveLength(100);
    expect((await json(`${path}?limit=500`)).items).toHaveLength(101);
  });

  it("is not there for an account without events", async () => {
    const path = `/v1/accounts/${freshNumber()}`;
    for (const read of [`${path}/events`, `${path}/events/1`, `${path}/commands`]) {
      expect(await problem(await request(read))).toEqual(notFound("account"));
    }
  });

  it.each([
    ["events?limit=0", "limit"],
    ["events?limit=501", "limit"],
    ["events?limit=", "limit"],
    ["events?limit=1&limit=1", "limit"],
    ["events?after=-1", "after"],
    ["events?after=1e2", "after"],
    ["events?cursor=1", "cursor"],
    ["events/0", "version"],
    ["events/01", "version"],
    ["events/x", "version"],
    ["events/1?after=0", "after"],
    ["commands?limit=1", "limit"],
  ])("refuses %s", async (read, wrong) => {
    expect(await problem(await request(`/v1/accounts/123456/${read}`))).toEqual(invalid(wrong));
  });
});

describe("one event", () => {
  it("is itself, with links and without the number of its stored shape", async () => {
    const { accountNumber } = await execute(freshNumber(), ...toActive, {
      type: "suspend",
      reason: "chargeback",
    });
    const path = `/v1/accounts/${accountNumber}/events/4`;
    expect(await json(path)).toEqual({
      id: `${accountNumber}:4`,
      createdAt: expect.any(Number),
      lastModified: expect.any(Number),
      type: "ACCOUNT_SUSPENDED",
      accountNumber,
      version: 4,
      data: { reason: "chargeback" },
      metadata: {
        commandId: expect.any(String),
        correlationId: "0".repeat(32),
        causationId: null,
        actor: "anonymous",
      },
      _links: { self: { href: path }, account: { href: `/v1/accounts/${accountNumber}` } },
    });
  });

  it("is not found after the log's end", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    const response = await request(`/v1/accounts/${accountNumber}/events/2`);
    expect(await problem(response)).toEqual(notFound("version"));
  });
});

describe("an account's legal commands", () => {
  it("are links, from the log", async () => {
    const { accountNumber } = await execute(freshNumber(), ...toActive);
    const path = `/v1/accounts/${accountNumber}`;
    const response = await request(`${path}/commands`);
    expect(response.headers.get("Served-From")).toBe("log");
    expect(await response.json()).toEqual({
      accountNumber,
      version: 3,
      _links: {
        self: { href: `${path}/commands` },
        account: { href: path },
        suspend: { href: `${path}/commands/suspend` },
        archive: { href: `${path}/commands/archive` },
        close: { href: `${path}/commands/close` },
        "make-default": { href: `${path}/commands/make-default` },
      },
    });
  });

  it("are none for a closed account", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE, { type: "close" });
    const { _links } = await json(`/v1/accounts/${accountNumber}/commands`);
    expect(Object.keys(_links)).toEqual(["self", "account"]);
  });
});
