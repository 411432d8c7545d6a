import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountLogs } from "../../src/account/account-log.ts";
import { appendChunk } from "../../src/views/feed-chunks.ts";
import { useEmptyViews } from "../workerd/views.ts";
import { bindings, invalid, json, problem, request } from "./query-worker.ts";

const PATHS = [
  "/v1",
  "/v1/accounts",
  "/v1/accounts/123456",
  "/v1/accounts/123456/events",
  "/v1/accounts/123456/events/1",
  "/v1/accounts/123456/commands",
  "/v1/users/1/accounts",
  "/v1/status-totals",
  "/v1/feed",
  "/health",
];

describe("the query Worker", () => {
  const views = useEmptyViews();

  it("links from its root to whatever can be reached", async () => {
    expect(await json("/v1")).toEqual({
      _links: {
        self: { href: "/v1" },
        accounts: { href: "/v1/accounts" },
        account: { href: "/v1/accounts/{accountNumber}", templated: true },
        "user-accounts": { href: "/v1/users/{userId}/accounts", templated: true },
        commands: { href: "/v1/commands" },
        feed: { href: "/v1/feed" },
        "status-totals": { href: "/v1/status-totals" },
        inbox: { href: "/v1/inbox" },
        operations: { href: "/v1/operations" },
        subscriptions: { href: "/v1/subscriptions" },
        map: { href: "/v1/map" },
        health: { href: "/health" },
        about: { href: "/" },
        openapi: { href: "/openapi.json" },
        asyncapi: { href: "/asyncapi.json" },
        docs: { href: "/docs" },
      },
    });
  });

  it("counts the accounts of every status, zeros too", async () => {
    const moves = (["ACCOUNT_PENDING", "ACCOUNT_ACTIVE", "ACCOUNT_ACTIVE"] as const).map((to) => ({
      from: null,
      to,
    }));
    await appendChunk(views, [], moves, null).run();
    expect(await json("/v1/status-totals")).toEqual({
      totals: {
        ACCOUNT_PENDING: 1,
        ACCOUNT_CONFIRMED: 0,
        ACCOUNT_ACTIVE: 2,
        ACCOUNT_SUSPENDED: 0,
        ACCOUNT_ARCHIVED: 0,
        ACCOUNT_CLOSED: 0,
      },
      accounts: 3,
      _links: { self: { href: "/v1/status-totals" } },
    });
  });

  it.each(PATHS)("writes nothing: at %s it takes GET and HEAD alone", async (path) => {
    for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await request(path, { method });
      const others = path === "/v1/accounts" ? ", POST" : "";
      expect(response.headers.get("Allow")).toBe(`GET, HEAD${others}`);
      expect(await problem(response)).toEqual({ status: 405, code: "method-not-allowed" });
    }
  });

  it.each(["/v1", "/v1/accounts", "/v1/status-totals", "/v1/feed", "/v1/users/1/accounts", "/health"])(
    "answers HEAD at %s as GET, without the body",
    async (path) => {
      const got = await request(path);
      const headed = await request(path, { method: "HEAD" });
      expect(headed.status).toBe(200);
      expect([...headed.headers]).toEqual([...got.headers]);
      expect(await headed.text()).toBe("");
    },
  );

  it.each(["/", "/v2", "/v1/", "/v1//accounts", "/v1/accounts/", "/v1/nothing", "/v1/%FF", "/v1/users/1"])(
    "has nothing at %s",
    async (path) => {
      expect(await problem(await request(path))).toEqual({ status: 404, code: "not-found" });
    },
  );

  it.each(["/v1", "/v1/status-totals"])("takes no parameters at %s", async (path) => {
    expect(await problem(await request(`${path}?limit=1`))).toEqual(invalid("limit"));
  });

  it("says which trace a problem belongs to", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const response = await request("/v1/nothing", { headers: { traceparent } });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ instance: "0af7651916cd43dd8448eb211c80319c" });
  });

  it("is healthy where the views can be read", async () => {
    expect(await json("/health")).toEqual({ status: "ok" });
  });
});

describe("the query Worker, when what it reads fails,", () => {
  const brokenViews = new Proxy(bindings.VIEWS, {
    get: () => {
      throw new Error("D1 is down, at secret-host");
    },
  });
  const brokenLogs: AccountLogs = {
    getByName: () => {
      throw new Error("the object is down, at secret-host");
    },
  };

  const reported = vi.fn();
  beforeEach(() => {
    reported.mockClear();
    vi.spyOn(console, "error").mockImplementation(reported);
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([
    "/v1/accounts",
    "/v1/accounts/123456",
    "/v1/accounts/123456?minVersion=1",
    "/v1/users/1/accounts",
    "/v1/status-totals",
    "/v1/feed",
    "/health",
  ])("is unavailable at %s without the views, and tells no internals", async (path) => {
    const response = await request(path, {}, { ...bindings, VIEWS: brokenViews });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("1");
    expect(await response.text()).not.toContain("secret-host");
    expect(reported).toHaveBeenCalledOnce();
  });

  it.each(["?version=1", "?at=1", "?minVersion=1", "/events", "/events/1", "/commands"])(
    "is unavailable at an account's %s without the log",
    async (rest) => {
      const response = await request(
        `/v1/accounts/none${rest}`,
        {},
        { ...bindings, ACCOUNT_LOGS: brokenLogs },
      );
      expect(await problem(response)).toEqual({ status: 503, code: "unavailable" });
      expect(reported).toHaveBeenCalledOnce();
    },
  );
});
