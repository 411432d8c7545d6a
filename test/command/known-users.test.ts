// The foreign key to users: with REQUIRE_KNOWN_USER no account is opened for a user who is not known, or has left.

import { applyD1Migrations, env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { CommandEnv } from "../../src/command/routes.ts";
import worker from "../../src/command/worker.ts";
import { writeUser } from "../../src/views/users.ts";
import { logOf, openAccount, post } from "./http.ts";

const [KNOWN, DEPARTED, UNKNOWN] = [71, 72, 73];

beforeEach(async () => {
  vi.spyOn(console, "log").mockReturnValue();
  await applyD1Migrations(env.OPERATIONS, env.OPERATIONS_MIGRATIONS);
  await env.OPERATIONS.batch([
    env.OPERATIONS.prepare("DELETE FROM users"),
    writeUser(env.OPERATIONS, KNOWN, "known", 1),
    writeUser(env.OPERATIONS, DEPARTED, "departed", 1),
  ]);
});
afterEach(() => vi.restoreAllMocks());

async function required(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  changed: Partial<CommandEnv> = {},
) {
  const response = await worker.fetch(
    new Request(`http://localhost${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
    { ...env, REQUIRE_KNOWN_USER: "true", ...changed },
  );
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const reply: any = await response.json();
  return { status: response.status, headers: response.headers, body: reply };
}

const freshNumber = () => `K-${crypto.randomUUID().slice(0, 8)}`;

const withoutOperations: Partial<CommandEnv> = {
  OPERATIONS: Object.assign(Object.create(env.OPERATIONS), {
    prepare: () => {
      throw new Error("D1 is down");
    },
  }),
};

it("an account is opened for a known user alone, and what is refused leaves nothing behind", async () => {
  const numbers = [freshNumber(), freshNumber(), freshNumber()] as const;
  const replies = [
    await required("/v1/accounts", { userId: KNOWN, accountNumber: numbers[0] }),
    await required("/v1/accounts", { userId: DEPARTED, accountNumber: numbers[1] }),
    await required("/v1/accounts", { userId: UNKNOWN, accountNumber: numbers[2] }),
  ];
  expect(replies.map(({ status, body }) => [status, body.code])).toEqual([
    [201, undefined],
    [422, "unknown-user"],
    [422, "unknown-user"],
  ]);
  expect(await Promise.all(numbers.map(logOf))).toMatchObject([[{ version: 1 }], [], []]);
  expect((await required("/v1/accounts", { userId: UNKNOWN })).body.code).toBe("unknown-user");
});

it("a bulk request's members are judged each on its own", async () => {
  const [opened, refused] = [freshNumber(), freshNumber()];
  const { body } = await required("/v1/commands", [
    { command: "create", userId: UNKNOWN, accountNumber: refused },
    { command: "confirm", accountNumber: refused },
    { command: "create", userId: KNOWN, accountNumber: opened },
    { command: "confirm", accountNumber: opened },
    { command: "create", userId: 0 },
    { command: "create", userId: DEPARTED },
  ]);
  expect(body.map(({ status, problem }: Outcome) => [status, problem?.code])).toEqual([
    [422, "unknown-user"],
    [404, "account-not-found"],
    [201, undefined],
    [200, undefined],
    [400, "invalid-request"],
    [422, "unknown-user"],
  ]);
});

it("a key goes on giving the first reply after the user has left, and nobody's account is opened with it", async () => {
  const accountNumber = freshNumber();
  const create = { userId: KNOWN, accountNumber };
  const key = { "Idempotency-Key": "first" };
  const first = await required("/v1/accounts", create, key);
  const generated = await required("/v1/accounts", { userId: KNOWN }, { "Idempotency-Key": accountNumber });
  await writeUser(env.OPERATIONS, KNOWN, "departed", 2).run();

  const again = await required("/v1/accounts", create, key);
  expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
  expect(again.body).toEqual(first.body);
  const generatedAgain = await required(
    "/v1/accounts",
    { userId: KNOWN },
    { "Idempotency-Key": accountNumber },
  );
  expect(generatedAgain.body).toEqual(generated.body);
  expect((await required("/v1/accounts", { ...create, userId: UNKNOWN }, key)).body.code).toBe(
    "idempotency-key-reused",
  );
  expect((await required("/v1/accounts", create)).body.code).toBe("account-already-exists");
  expect((await required("/v1/accounts", { userId: KNOWN, accountNumber: freshNumber() }, key)).status).toBe(
    422,
  );
});

it("while users can't be looked up nothing is opened, and other commands are taken", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const account = await openAccount();
  const { body } = await required(
    "/v1/commands",
    [
      { command: "create", userId: KNOWN, accountNumber: freshNumber() },
      { command: "confirm", accountNumber: account },
    ],
    {},
    withoutOperations,
  );
  expect(body.map(({ status }: Outcome) => status)).toEqual([503, 200]);
});

it.each([undefined, "", "false"])("where it is %j nobody is looked up", async (setting) => {
  const changed = {
    ...withoutOperations,
    ...(setting === undefined ? {} : { REQUIRE_KNOWN_USER: setting }),
  };
  const response = await worker.fetch(
    new Request("http://localhost/v1/accounts", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ userId: UNKNOWN }),
    }),
    { ...env, ...changed },
  );
  expect(response.status).toBe(201);
  expect((await post("/v1/accounts", { userId: UNKNOWN })).status).toBe(201);
});

type Outcome = { readonly status: number; readonly problem?: { readonly code: string } };
