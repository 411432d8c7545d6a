// Many commands in one request: each its own outcome, in the order given.

import { describe, expect, it } from "vitest";
import { logOf, openAccount, post } from "./http.ts";

describe("many commands at once", () => {
  it("takes one account through its life, in the order given", async () => {
    const accountNumber = `BULK-${crypto.randomUUID().slice(0, 8)}`;
    const reply = await post("/v1/commands", [
      { command: "create", accountNumber, userId: 3 },
      { command: "confirm", accountNumber },
      { command: "activate", accountNumber, expectedVersion: 2 },
      { command: "suspend", accountNumber, reason: "audit" },
    ]);

    expect(reply.status).toBe(200);
    expect(reply.body.map(({ status }: { status: number }) => status)).toEqual([201, 200, 200, 200]);
    expect(reply.body[3].account).toMatchObject({ status: "ACCOUNT_SUSPENDED", version: 4 });
    expect(reply.body[3].events).toMatchObject([{ data: { reason: "audit" } }]);
    expect(reply.body[3]).not.toHaveProperty("replayed");
    expect(await logOf(accountNumber)).toHaveLength(4);
  });

  it("lets a refused or malformed member stop nothing else", async () => {
    const account = await openAccount();
    const reply = await post("/v1/commands", [
      { command: "activate", accountNumber: account },
      { command: "fly", accountNumber: account },
      { command: "confirm" },
      { command: "confirm", accountNumber: account, status: "ACCOUNT_ACTIVE" },
      "confirm",
      null,
      [],
      { accountNumber: account },
      { command: "confirm", accountNumber: account, expectedVersion: 9 },
      { command: "confirm", accountNumber: "no/number" },
      { command: "create", accountNumber: account, userId: "1" },
      { command: "create", accountNumber: account, userId: 1, expectedVersion: 1 },
      { command: "confirm", accountNumber: account },
    ]);

    expect(
      reply.body.map(({ status, problem }: { status: number; problem?: { code: string } }) => [
        status,
        problem?.code,
      ]),
    ).toEqual([
      [409, "illegal-transition"],
      [404, "not-found"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [412, "version-mismatch"],
      [400, "invalid-request"],
      [400, "invalid-request"],
      [412, "version-mismatch"],
      [200, undefined],
    ]);
    expect(reply.body[2].problem.errors).toEqual([{ pointer: "/accountNumber", detail: "Required" }]);
    expect(reply.body[3].problem.errors[0].pointer).toBe("/status");
    expect(reply.body[7].problem.errors[0].pointer).toBe("/command");
    expect(reply.body[10].problem.errors[0].pointer).toBe("/userId");
  });

  it("takes a single command, and answers an array of one", async () => {
    const account = await openAccount();
    const reply = await post("/v1/commands", { command: "confirm", accountNumber: account });

    expect(reply.body).toHaveLength(1);
    expect(reply.body[0]).toMatchObject({ status: 200, account: { version: 2 } });
  });

  it("keeps a key per member", async () => {
    const account = await openAccount();
    const member = { command: "confirm", accountNumber: account, idempotencyKey: "k1" };
    const { body } = await post("/v1/commands", [member, member, { ...member, command: "activate" }]);

    expect(body[0]).not.toHaveProperty("replayed");
    expect(body[1]).toEqual({ ...body[0], replayed: true });
    expect(body[2]).toMatchObject({ status: 422, problem: { code: "idempotency-key-reused" } });
  });

  it("runs different accounts side by side", async () => {
    const { body } = await post(
      "/v1/commands",
      Array.from({ length: 100 }, (_, userId) => ({ command: "create", userId: userId + 1 })),
    );

    expect(body.map(({ account }: { account: { userId: number } }) => account.userId)).toEqual(
      Array.from({ length: 100 }, (_, userId) => userId + 1),
    );
  });

  it.each([
    [[]],
    [Array.from({ length: 101 }, () => ({ command: "create", userId: 1 }))],
    ["x"],
    [7],
    [null],
    [true],
  ])("is 400 for the whole as %j", async (body) => {
    const reply = await post("/v1/commands", body);
    expect(reply.status).toBe(400);
    expect(reply.body.code).toBe("invalid-request");
  });

  it.each(["Idempotency-Key", "If-Match"])("has no use for the header %s", async (header) => {
    const reply = await post("/v1/commands", { command: "create", userId: 1 }, { [header]: '"1"' });
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].header).toBe(header);
  });
});
