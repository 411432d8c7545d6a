import { describe, expect, it } from "vitest";
import { ProblemFound, TributaryClient } from "../../src/client/client.ts";
import { accepted, problem, useService } from "./service.ts";

const service = useService();
const connect = (options: { maxAttempts?: number; token?: () => string } = {}) =>
  new TributaryClient({ url: service.url, ...options });
const keys = () => service.asked.map(({ headers }) => headers["idempotency-key"]);

describe("a command that is not answered", () => {
  it.each([
    ["a cut connection", "cut" as const],
    ["503", problem(503, "unavailable")],
    ["429", problem(429, "rate-limited")],
    ["a gateway's own page", { status: 502, body: "<html>Bad gateway</html>" }],
  ])("is sent again with the same key after %s", async (_, failure) => {
    service.answers = [failure, failure, accepted(2)];
    const result = await connect().command("123456", "suspend", { reason: "chargeback" });
    expect(result).toMatchObject({ ok: true, value: { account: { version: 2 } } });
    expect(service.asked).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
    for (const { method, path, body } of service.asked) {
      expect([method, path, body]).toEqual([
        "POST",
        "/v1/accounts/123456/commands/suspend",
        '{"reason":"chargeback"}',
      ]);
    }
  });

  it("waits as long as it is told to", async () => {
    service.answers = [problem(503, "unavailable", { "Retry-After": "1" }), accepted(2)];
    const sentAt = performance.now();
    await connect().command("123456", "confirm");
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(990);
  });

  it("is given up after so many attempts, with the problem as a value", async () => {
    service.answers = ["cut"];
    const unreachable = await connect({ maxAttempts: 2 }).command("123456", "confirm");
    expect(unreachable).toMatchObject({ ok: false, problem: { code: "unreachable" } });
    service.answers = [problem(503, "unavailable")];
    const unavailable = await connect({ maxAttempts: 2 }).command("123456", "confirm");
    expect(unavailable).toMatchObject({ ok: false, problem: { code: "unavailable" } });
    expect(service.asked).toHaveLength(4);
  });
});

describe("a command", () => {
  it.each([
    [409, "account-closed"],
    [401, "unauthenticated"],
    [503, "authentication-not-configured"],
  ])("that is refused with %i %s is not sent again", async (status, code) => {
    service.answers = [problem(status, code)];
    expect(await connect().command("123456", "confirm")).toMatchObject({ ok: false, problem: { code } });
    expect(service.asked).toHaveLength(1);
  });

  it("has a key of its own, unless its caller gives one", async () => {
    service.answers = [accepted(2)];
    const client = connect();
    await client.command("123456", "make-default");
    await client.command("123456", "clear-default");
    await client.command(
      "123456",
      "close",
      { reason: "moved" },
      { idempotencyKey: "mine", expectedVersion: 2 },
    );
    expect(new Set(keys()).size).toBe(3);
    expect(service.asked[2]?.headers).toMatchObject({ "idempotency-key": "mine", "if-match": '"2"' });
  });

  it("goes by a link of the account as well", async () => {
    service.answers = [accepted(2)];
    const href = "/v1/accounts/123456/commands/suspend";
    await connect().commandAt(href, { reason: "chargeback" }, { expectedVersion: 1 });
    const [asked] = service.asked;
    expect(asked).toMatchObject({ path: href, headers: { "if-match": '"1"' } });
    expect(JSON.parse(asked?.body ?? "")).toEqual({ reason: "chargeback" });
    expect(keys()[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is sent again with those among many whose accounts did not answer", async () => {
    const failing = { status: 503, problem: { code: "unavailable" } };
    const created = (version: number) => ({
      status: 201,
      account: { accountNumber: "1", version },
      events: [],
    });
    service.answers = [
      { status: 200, body: [created(1), failing, failing] },
      { status: 200, body: [failing, created(3)] },
      { status: 200, body: [created(2)] },
    ];
    const result = await connect().commands([1, 2, 3].map((userId) => ({ command: "create", userId })));
    expect(result).toMatchObject({
      ok: true,
      value: [1, 2, 3].map((version) => ({ ok: true, value: { account: { version } } })),
    });
    const [all, some, last] = service.asked.map(({ body }) => JSON.parse(body));
    expect(some).toEqual(all.slice(1));
    expect(last).toEqual(all.slice(1, 2));
  });

  it("is given up for those whose accounts go on not answering, and for no others", async () => {
    const failing = { status: 503, problem: { code: "unavailable" } };
    const refused = { status: 409, problem: { code: "account-closed" } };
    service.answers = [
      { status: 200, body: [refused, failing] },
      problem(429, "rate-limited"),
      { status: 200, body: [failing] },
    ];
    const result = await connect({ maxAttempts: 2 }).commands([
      { command: "create", userId: 1 },
      { command: "create", userId: 2 },
    ]);
    expect(result).toMatchObject({
      ok: true,
      value: [{ problem: refused.problem }, { problem: failing.problem }],
    });
    expect(service.asked).toHaveLength(3);
  });

  it("comes with no members where the command takes none", () => {
    // @ts-expect-error It would be refused.
    const refused = () => connect().command("123456", "confirm", { reason: "chargeback" });
    expect(refused).toBeTypeOf("function");
  });

  it("among many has one, too", async () => {
    service.answers = [{ status: 200, body: [{ status: 409, problem: { code: "account-closed" } }] }];
    const result = await connect().commands([
      { command: "create", userId: 1 },
      // @ts-expect-error Compilers that are less strict take it.
      { command: "create", userId: 2, idempotencyKey: undefined },
      { command: "suspend", accountNumber: "123456", reason: "chargeback", idempotencyKey: "mine" },
    ]);
    expect(result).toMatchObject({ ok: true, value: [{ ok: false, problem: { code: "account-closed" } }] });
    expect(JSON.parse(service.asked[0]?.body ?? "")).toMatchObject([
      { command: "create", userId: 1, idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      { command: "create", userId: 2, idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      { command: "suspend", accountNumber: "123456", idempotencyKey: "mine" },
    ]);
  });
});

it("reads never older than what the client knows of the account", async () => {
  service.answers = [
    accepted(2),
    accepted(3),
    { status: 200, body: { accountNumber: "123456", version: 5 } },
  ];
  const client = connect();
  await client.command("123456", "confirm");
  await client.command("123456", "activate");
  await client.account("123456");
  await client.account("123456", 4);
  await client.account("OTHER");
  expect(service.asked.slice(2).map(({ path }) => path)).toEqual([
    "/v1/accounts/123456?minVersion=3",
    "/v1/accounts/123456?minVersion=5",
    "/v1/accounts/OTHER",
  ]);
});

it("asks for a token anew with each attempt", async () => {
  service.answers = [problem(503, "unavailable"), accepted(2)];
  let tokens = 0;
  await connect({ token: () => `token-${++tokens}` }).command("123456", "confirm");
  expect(service.asked.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-2",
  ]);
});

it("iterates over all pages, and throws the problem that it meets", async () => {
  const page = (items: number[], next?: string) => ({
    status: 200,
    body: { items, _links: next === undefined ? {} : { next: { href: next } } },
  });
  service.answers = [page([1, 2], "/v1/feed?after=2"), page([], "/v1/feed?after=9"), page([10])];
  const items: unknown[] = [];
  for await (const item of connect().feed({ types: ["ACCOUNT_CLOSED", "ACCOUNT_SUSPENDED"], limit: 2 })) {
    items.push(item);
  }
  expect(items).toEqual([1, 2, 10]);
  expect(service.asked.map(({ path }) => path)).toEqual([
    "/v1/feed?limit=2&types=ACCOUNT_CLOSED%2CACCOUNT_SUSPENDED",
    "/v1/feed?after=2",
    "/v1/feed?after=9",
  ]);
  service.answers = [problem(400, "invalid-request")];
  await expect(connect().accounts({ limit: 1_000 }).next()).rejects.toThrow(ProblemFound);
});
