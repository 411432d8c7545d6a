// The command routes: what a client is promised in reply to a command.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { logOf, openAccount, post, send } from "./http.ts";

describe("opening an account", () => {
  it("answers with the account, its event, its address and its version", async () => {
    const reply = await post("/v1/accounts", { userId: 7, accountNumber: "OPEN-1", defaultAccount: true });

    expect(reply.status).toBe(201);
    expect(reply.headers.get("Location")).toBe("/v1/accounts/OPEN-1");
    expect(reply.headers.get("ETag")).toBe('"1"');
    expect(reply.body.account).toMatchObject({
      userId: 7,
      accountNumber: "OPEN-1",
      defaultAccount: true,
      status: "ACCOUNT_PENDING",
      version: 1,
    });
    expect(reply.body.account.createdAt).toBe(reply.body.account.lastModified);
    expect(reply.body.events).toHaveLength(1);
    expect(reply.body.events[0]).toMatchObject({
      id: "OPEN-1:1",
      type: "ACCOUNT_CREATED",
      accountNumber: "OPEN-1",
      version: 1,
      data: { userId: 7, defaultAccount: true },
      metadata: { causationId: null, actor: "anonymous" },
    });
    expect(reply.body.events[0]).not.toHaveProperty("schema");
  });

  it("links what is legal next, under the commands' names", async () => {
    const { body } = await post("/v1/accounts", { userId: 7, accountNumber: "OPEN-2" });

    expect(Object.keys(body.account._links)).toEqual([
      "self",
      "events",
      "commands",
      "owner",
      "confirm",
      "close",
      "make-default",
    ]);
    expect(body.account._links.confirm).toEqual({ href: "/v1/accounts/OPEN-2/commands/confirm" });
    expect(body.account._links.owner).toEqual({ href: "/v1/users/7/accounts" });
  });

  it("generates a number where none is given", async () => {
    const first = await post("/v1/accounts", { userId: 1 });
    const second = await post("/v1/accounts", { userId: 1 });

    expect(first.body.account.accountNumber).toMatch(/^[0-9a-f]{32}$/);
    expect(second.body.account.accountNumber).not.toBe(first.body.account.accountNumber);
  });

  it("gives a key without a number the same generated number each time", async () => {
    const headers = { "Idempotency-Key": "open-once" };
    const first = await post("/v1/accounts", { userId: 1 }, headers);
    const again = await post("/v1/accounts", { userId: 1 }, headers);

    expect(again.body).toEqual(first.body);
    expect(again.status).toBe(201);
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("refuses a number that is taken", async () => {
    await post("/v1/accounts", { userId: 1, accountNumber: "TAKEN" });
    const reply = await post("/v1/accounts", { userId: 2, accountNumber: "TAKEN" });

    expect(reply.status).toBe(409);
    expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
    expect(reply.body).toMatchObject({
      type: "/problems/account-already-exists",
      code: "account-already-exists",
      status: 409,
    });
    expect(reply.body.instance).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("a command on an account", () => {
  it("answers with the account after it, and what it wrote", async () => {
    const account = await openAccount();
    await post(`/v1/accounts/${account}/commands/confirm`);
    await post(`/v1/accounts/${account}/commands/activate`, {});
    const reply = await post(`/v1/accounts/${account}/commands/suspend`, { reason: "chargeback" });

    expect(reply.status).toBe(200);
    expect(reply.headers.get("ETag")).toBe('"4"');
    expect(reply.headers.get("Location")).toBeNull();
    expect(reply.body.account).toMatchObject({ status: "ACCOUNT_SUSPENDED", version: 4 });
    expect(reply.body.events).toMatchObject([
      { type: "ACCOUNT_SUSPENDED", version: 4, data: { reason: "chargeback" } },
    ]);
  });

  it("says what is legal where it is not", async () => {
    const account = await openAccount();
    const reply = await post(`/v1/accounts/${account}/commands/activate`);

    expect(reply.status).toBe(409);
    expect(reply.body).toMatchObject({
      code: "illegal-transition",
      accountStatus: "ACCOUNT_PENDING",
      legalCommands: ["confirm", "close", "make-default"],
    });
    expect(await logOf(account)).toHaveLength(1);
  });

  it("is 404 on an account that does not exist, and leaves no log behind", async () => {
    const reply = await post("/v1/accounts/NOBODY/commands/confirm");

    expect(reply.status).toBe(404);
    expect(reply.body.code).toBe("account-not-found");
    expect(await logOf("NOBODY")).toEqual([]);
  });

  it("takes the trace id of the request as its correlation id", async () => {
    const account = await openAccount();
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const reply = await post(`/v1/accounts/${account}/commands/confirm`, undefined, {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    });

    expect(reply.body.events[0].metadata.correlationId).toBe(traceId);
  });
});

describe("an idempotency key", () => {
  it("gives the first reply again, and writes nothing", async () => {
    const account = await openAccount();
    const confirm = () =>
      post(`/v1/accounts/${account}/commands/confirm`, undefined, { "Idempotency-Key": "k1" });
    const first = await confirm();
    await post(`/v1/accounts/${account}/commands/activate`);
    const again = await confirm();

    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(again.status).toBe(first.status);
    expect(again.headers.get("ETag")).toBe(first.headers.get("ETag"));
    expect(again.body).toEqual(first.body);
    expect(await logOf(account)).toHaveLength(3);
  });

  it("is 422 with another request, whether another command or other members", async () => {
    const account = await openAccount();
    const headers = { "Idempotency-Key": "k1" };
    await post(`/v1/accounts/${account}/commands/close`, { reason: "moved" }, headers);

    for (const [command, body] of [
      ["close", { reason: "left" }],
      ["close", undefined],
      ["confirm", undefined],
    ] as const) {
      const reply = await post(`/v1/accounts/${account}/commands/${command}`, body, headers);
      expect(reply.status).toBe(422);
      expect(reply.body.code).toBe("idempotency-key-reused");
    }
  });

  it("is the account's own: another account may use the same", async () => {
    const headers = { "Idempotency-Key": "shared" };
    const [one, other] = [await openAccount(), await openAccount()];
    await post(`/v1/accounts/${one}/commands/confirm`, undefined, headers);
    const reply = await post(`/v1/accounts/${other}/commands/confirm`, undefined, headers);

    expect(reply.headers.get("Idempotency-Replayed")).toBeNull();
    expect(reply.body.account.accountNumber).toBe(other);
  });

  it("does not remember a refusal: sent again, the request is judged again", async () => {
    const account = await openAccount();
    const activate = () =>
      post(`/v1/accounts/${account}/commands/activate`, undefined, { "Idempotency-Key": "k1" });
    expect((await activate()).status).toBe(409);
    await post(`/v1/accounts/${account}/commands/confirm`);

    const reply = await activate();
    expect(reply.status).toBe(200);
    expect(reply.headers.get("Idempotency-Replayed")).toBeNull();
  });

  it("is looked at before If-Match", async () => {
    const account = await openAccount();
    const confirm = () =>
      post(`/v1/accounts/${account}/commands/confirm`, undefined, {
        "Idempotency-Key": "k1",
        "If-Match": '"1"',
      });
    await confirm();

    expect((await confirm()).headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("fired 50 times at once makes one event and 50 equal replies, 49 of them marked", async () => {
    const account = await openAccount();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () =>
        post(`/v1/accounts/${account}/commands/confirm`, undefined, { "Idempotency-Key": "storm" }),
      ),
    );

    expect(await logOf(account)).toHaveLength(2);
    expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.has("Idempotency-Replayed"))).toHaveLength(49);
  });

  it.each(["", " ", "two words", "ä", "x".repeat(129)])("is 400 as %j", async (key) => {
    const account = await openAccount();
    const reply = await post(`/v1/accounts/${account}/commands/confirm`, undefined, {
      "Idempotency-Key": key,
    });

    expect(reply.status).toBe(400);
    expect(reply.body.errors).toEqual([
      { header: "Idempotency-Key", detail: "1 to 128 visible ASCII characters" },
    ]);
    expect(await logOf(account)).toHaveLength(1);
  });
});

describe("If-Match", () => {
  const confirmIf = async (ifMatch: string) =>
    post(`/v1/accounts/${await openAccount()}/commands/confirm`, undefined, { "If-Match": ifMatch });

  it.each(['"1"', '"7", "1"', ' "1" ', "*", ',"1",'])("matches version 1 as %j", async (ifMatch) => {
    expect((await confirmIf(ifMatch)).status).toBe(200);
  });

  it.each(['"2"', '"0"', '"01"', '"1.0"', '"x"', '"1,2"', 'W/"1"', '""', `"${"9".repeat(40)}"`])(
    "does not match version 1 as %j",
    async (ifMatch) => {
      const reply = await confirmIf(ifMatch);
      expect(reply.status).toBe(412);
      expect(reply.body).toMatchObject({ code: "version-mismatch", currentVersion: 1 });
    },
  );

  it.each(["1", '"1', "", "*,*", '"1" "2"', "w/1", '"1""', '"1","', '"1" , "', '*, "1"', 'W/ "1"', ","])(
    "is 400 as %j",
    async (ifMatch) => {
      const reply = await confirmIf(ifMatch);
      expect(reply.status).toBe(400);
      expect(reply.body.errors[0].header).toBe("If-Match");
    },
  );

  it.each(["*", '"1"', '"0"'])("is never right on create: %j", async (ifMatch) => {
    const accountNumber = `NEW-${crypto.randomUUID().slice(0, 8)}`;
    const reply = await post("/v1/accounts", { userId: 1, accountNumber }, { "If-Match": ifMatch });

    expect(reply.status).toBe(412);
    expect(await logOf(accountNumber)).toEqual([]);
  });

  it("with * is 404 on an account that does not exist", async () => {
    const reply = await post("/v1/accounts/NOBODY/commands/confirm", undefined, { "If-Match": "*" });
    expect(reply.body.code).toBe("account-not-found");
  });
});

describe("concurrency", () => {
  it("gives 200 concurrent commands on one account dense versions, each acknowledged one in the log", async () => {
    const account = await openAccount();
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        post(`/v1/accounts/${account}/commands/${index % 2 === 0 ? "make-default" : "clear-default"}`),
      ),
    );

    const acknowledged = replies.filter(({ status }) => status === 200).map(({ body }) => body.events[0].id);
    expect(replies.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const log = await logOf(account);
    expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1));
    expect(log.slice(1).map(({ id }) => id)).toEqual(acknowledged.toSorted(byVersion));
  });
});

function byVersion(one: string, other: string): number {
  return Number(one.split(":")[1]) - Number(other.split(":")[1]);
}

describe("other methods", () => {
  it.each([
    ["PUT", "/v1/accounts", "GET, HEAD, POST"],
    ["GET", "/v1/accounts/1/commands/confirm", "POST"],
    ["DELETE", "/v1/commands", "POST"],
    ["PATCH", "/v1/accounts/1/commands/close", "POST"],
  ])("%s %s is 405 and says what is allowed", async (method, path, allowed) => {
    const reply = await send(method, path);
    expect(reply.status).toBe(405);
    expect(reply.headers.get("Allow")).toBe(allowed);
    expect(reply.body.code).toBe("method-not-allowed");
  });
});

it("knows no other command by any method", async () => {
  expect((await send("GET", "/v1/accounts/1/commands/fly")).body.code).toBe("not-found");
});

it("answers 503 with Retry-After where the log's owner is overloaded, and does not ask again", async () => {
  const { default: worker } = await import("../../src/command/worker.ts");
  let calls = 0;
  const overloaded = {
    ...env,
    ACCOUNT_LOGS: {
      getByName: (accountNumber: string) => {
        calls += 1;
        const log = env.ACCOUNT_LOGS.getByName(accountNumber);
        return Object.assign(Object.create(log), {
          execute: () =>
            Promise.reject(Object.assign(new Error("too much"), { retryable: true, overloaded: true })),
        });
      },
    },
  };
  const response = await worker.fetch(
    new Request("http://localhost/v1/accounts/OVER/commands/confirm", { method: "POST" }),
    overloaded,
  );

  expect(response.status).toBe(503);
  expect(response.headers.get("Retry-After")).toBe("1");
  expect(await response.json()).toMatchObject({ code: "unavailable" });
  expect(calls).toBe(1);
});
