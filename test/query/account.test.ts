import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Account } from "../../src/account/account.ts";
import { CREATE } from "../workerd/commands.ts";
import { useEmptyViews } from "../workerd/views.ts";
import {
  bindings,
  execute,
  freshNumber,
  invalid,
  json,
  notFound,
  problem,
  project,
  request,
} from "./query-worker.ts";

const href = (accountNumber: string, query = "") => `/v1/accounts/${accountNumber}${query}`;

describe("reading an account", () => {
  useEmptyViews();

  async function viewedAccount(): Promise<Account> {
    const account = await execute(freshNumber(), CREATE, { type: "confirm" });
    await project(account);
    return account;
  }

  it("answers it from the view, with its version as entity tag", async () => {
    const account = await viewedAccount();

    const response = await request(href(account.accountNumber));

    expect(response.status).toBe(200);
    expect(response.headers.get("Served-From")).toBe("view");
    expect(response.headers.get("ETag")).toBe('"2"');
    expect(response.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(await response.json()).toMatchObject({ ...account });
  });

  it("links what belongs to it, and the commands that are legal now", async () => {
    const { accountNumber } = await viewedAccount();
    const { _links } = await json(href(accountNumber));
    expect(_links).toEqual({
      self: { href: href(accountNumber) },
      events: { href: `${href(accountNumber)}/events` },
      commands: { href: `${href(accountNumber)}/commands` },
      owner: { href: "/v1/users/1/accounts" },
      activate: { href: `${href(accountNumber)}/commands/activate` },
      close: { href: `${href(accountNumber)}/commands/close` },
      "make-default": { href: `${href(accountNumber)}/commands/make-default` },
    });
  });

  it("knows no account that has not been projected", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    expect(await problem(await request(href(accountNumber)))).toEqual(notFound("account"));
  });

  it.each(['"2"', 'W/"2"', '"1", "2"', "*"])(
    "spares a client with If-None-Match: %s the body",
    async (tag) => {
      const { accountNumber } = await viewedAccount();
      const response = await request(href(accountNumber), { headers: { "If-None-Match": tag } });
      expect(response.status).toBe(304);
      expect(response.headers.get("ETag")).toBe('"2"');
      expect(response.headers.get("Served-From")).toBe("view");
      expect(await response.text()).toBe("");
    },
  );

  it("sends the account to a client that has another version", async () => {
    const { accountNumber } = await viewedAccount();
    const response = await request(href(accountNumber), { headers: { "If-None-Match": '"1"' } });
    expect(response.status).toBe(200);
  });

  it("names a malformed If-None-Match", async () => {
    const { accountNumber } = await viewedAccount();
    const response = await request(href(accountNumber), { headers: { "If-None-Match": "2" } });
    expect(await problem(response)).toEqual(invalid("If-None-Match"));
  });

  it("answers HEAD with the headers alone", async () => {
    const { accountNumber } = await viewedAccount();
    const response = await request(href(accountNumber), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("ETag")).toBe('"2"');
    expect(await response.text()).toBe("");
  });

  it.each(["%20", "1%2F2", "%FF", "%", "%00", "1.2", "ä", "a".repeat(35)])(
    "refuses the account number %s",
    async (accountNumber) => {
      expect(await problem(await request(href(accountNumber)))).toEqual(invalid("accountNumber"));
    },
  );

  it.each([
    ["?minVersion=0", "minVersion"],
    ["?minVersion=", "minVersion"],
    ["?minVersion=1e2", "minVersion"],
    ["?minVersion=%2B1", "minVersion"],
    ["?minVersion=+1", "minVersion"],
    ["?version=01", "version"],
    ["?version=1.0", "version"],
    ["?version=9007199254740992", "version"],
    ["?version=1&version=1", "version"],
    ["?at=-1", "at"],
    ["?at=%FF", "at"],
    ["?at=2026-11-01", "at"],
    ["?version=1&at=1", "at"],
    ["?minVersion=1&version=1", "version"],
    ["?limit=1", "limit"],
    ["?__proto__=1", "__proto__"],
  ])("refuses the parameters %s", async (query, wrong) => {
    expect(await problem(await request(href("123456", query)))).toEqual(invalid(wrong));
  });
});

describe("reading an account that is not older than a version", () => {
  useEmptyViews();

  it("answers from the view where the view is that far", async () => {
    const account = await execute(freshNumber(), CREATE, { type: "confirm" });
    await project(account);
    const response = await request(href(account.accountNumber, "?minVersion=2"));
    expect(response.headers.get("Served-From")).toBe("view");
    expect(await response.json()).toMatchObject({ version: 2 });
  });

  it("answers from the log where the view is behind", async () => {
    const account = await execute(freshNumber(), CREATE);
    await project(account);
    await execute(account.accountNumber, { type: "confirm" });

    const response = await request(href(account.accountNumber, "?minVersion=2"));

    expect(response.headers.get("Served-From")).toBe("log");
    expect(response.headers.get("ETag")).toBe('"2"');
    expect(await response.json()).toMatchObject({ version: 2, status: "ACCOUNT_CONFIRMED" });
  });

  it("answers from the log where the view has nothing yet", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    const response = await request(href(accountNumber, "?minVersion=1"));
    expect(response.headers.get("Served-From")).toBe("log");
    expect(await response.json()).toMatchObject({ accountNumber, version: 1 });
  });

  describe("that the log answers", () => {
    const sent: unknown[] = [];
    const repairs = { send: async (body: unknown) => void sent.push(body) };
    const read = (accountNumber: string, send = repairs.send) =>
      request(href(accountNumber, "?minVersion=1"), {}, { ...bindings, ACCOUNT_REPAIRS: { send } });
    beforeEach(() => {
      sent.length = 0;
    });

    it("asks for the view's repair where what it lacks is old", async () => {
      const now = Date.now();
      vi.spyOn(Date, "now").mockReturnValue(now - 31_000);
      const { accountNumber } = await execute(freshNumber(), CREATE);
      vi.restoreAllMocks();

      expect((await read(accountNumber)).status).toBe(200);
      expect(sent).toEqual([{ accountNumber, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
      // Once is enough for a while, however many readers come.
      expect((await read(accountNumber)).status).toBe(200);
      expect(sent).toHaveLength(1);
    });

    it("does not depend on whether the repair could be asked for", async () => {
      const now = Date.now();
      vi.spyOn(Date, "now").mockReturnValue(now - 31_000);
      const { accountNumber } = await execute(freshNumber(), CREATE);
      vi.restoreAllMocks();
      vi.spyOn(console, "error").mockReturnValue();
      expect((await read(accountNumber, () => Promise.reject(new Error("overloaded")))).status).toBe(200);
      vi.restoreAllMocks();
    });

    it("asks for nothing where it may be on its way", async () => {
      const { accountNumber } = await execute(freshNumber(), CREATE);
      expect((await read(accountNumber)).status).toBe(200);
      expect(sent).toEqual([]);
    });
  });

  it("compares entity tags with what the log has", async () => {
    const account = await execute(freshNumber(), CREATE);
    const response = await request(href(account.accountNumber, "?minVersion=1"), {
      headers: { "If-None-Match": '"1"' },
    });
    expect(response.status).toBe(304);
  });

  it("tells a version that the log does not have from an account that does not exist", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    expect(await problem(await request(href(accountNumber, "?minVersion=2")))).toEqual(notFound("version"));
    expect(await problem(await request(href(freshNumber(), "?minVersion=1")))).toEqual(notFound("account"));
  });
});

describe("reading an account as it was", () => {
  useEmptyViews();

  it("folds the log up to a version", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE);
    await execute(accountNumber, { type: "confirm" }, { type: "activate" });

    const response = await request(href(accountNumber, "?version=2"));

    expect(response.headers.get("Served-From")).toBe("log");
    expect(await response.json()).toMatchObject({ version: 2, status: "ACCOUNT_CONFIRMED" });
  });

  it("links a past state to itself and to the account, and to no command", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE, { type: "confirm" });
    const { _links } = await json(href(accountNumber, "?version=1"));
    expect(_links).toEqual({
      self: { href: href(accountNumber, "?version=1") },
      account: { href: href(accountNumber) },
      events: { href: `${href(accountNumber)}/events` },
      commands: { href: `${href(accountNumber)}/commands` },
      owner: { href: "/v1/users/1/accounts" },
    });
  });

  it("links the legal commands where that version is the newest", async () => {
    const { accountNumber } = await execute(freshNumber(), CREATE, { type: "confirm" });
    const { _links } = await json(href(accountNumber, "?version=2"));
    expect(Object.keys(_links)).toEqual(expect.arrayContaining(["activate", "close", "make-default"]));
  });

  it("folds the log up to a time, inclusive", async () => {
    const { accountNumber, createdAt } = await execute(freshNumber(), CREATE);
    await vi.waitUntil(() => Date.now() > createdAt + 1);
    const { lastModified } = await execute(accountNumber, { type: "confirm" });

    expect(await json(href(accountNumber, `?at=${createdAt}`))).toMatchObject({ version: 1 });
    expect(await json(href(accountNumber, `?at=${lastModified - 1}`))).toMatchObject({ version: 1 });
    expect(await json(href(accountNumber, `?at=${lastModified}`))).toMatchObject({ version: 2 });
  });

  it("takes a time to come for now", async () => {
    const account = await execute(freshNumber(), CREATE, { type: "confirm" });
    const { accountNumber } = account;
    expect(await json(href(accountNumber, `?at=${Number.MAX_SAFE_INTEGER}`))).toMatchObject({ ...account });
  });

  it("knows no version before the first or after the last", async () => {
    const { accountNumber, createdAt } = await execute(freshNumber(), CREATE);
    for (const query of [`?at=${createdAt - 1}`, "?at=0", "?version=2"]) {
      expect(await problem(await request(href(accountNumber, query)))).toEqual(notFound("version"));
    }
  });

  it.each(["?version=1", "?at=1"])("knows no account without a log (%s)", async (query) => {
    expect(await problem(await request(href(freshNumber(), query)))).toEqual(notFound("account"));
  });
});
