// The project's own client against the real Workers, and the README's example of it as it stands there.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Result, TributaryClient } from "../../src/client/client.ts";
import { runNode } from "../tools/run-tool.ts";
import { System } from "./system.ts";

let system: System;
let client: TributaryClient;
beforeAll(async () => {
  system = await System.start();
  client = new TributaryClient({ url: (await system.url()).origin });
});
afterAll(() => system.close());

function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}

it("takes an account through its life, and reads its own writes at every step", async () => {
  const { account: opened } = accepted(await client.create({ userId: 11, defaultAccount: true }));
  const { accountNumber } = opened;
  const life = [
    "confirm",
    "activate",
    "suspend",
    "activate",
    "archive",
    "activate",
    "clear-default",
    "make-default",
  ] as const;
  for (const [index, name] of life.entries()) {
    accepted(await client.command(accountNumber, name));
    // Ten versions in all, each read as soon as it is written.
    expect(accepted(await client.account(accountNumber)).version).toBe(index + 2);
  }
  const { account: closed, events } = accepted(
    await client.command(accountNumber, "close", { reason: "moved" }),
  );
  expect(events[0]).toMatchObject({ type: "ACCOUNT_CLOSED", data: { reason: "moved" } });
  expect(accepted(await client.account(accountNumber))).toEqual(closed);

  expect(accepted(await client.pastAccount(accountNumber, { version: 4 })).status).toBe("ACCOUNT_SUSPENDED");
  expect(accepted(await client.pastAccount(accountNumber, { at: closed.lastModified })).version).toBe(10);
  expect(accepted(await client.event(accountNumber, 10))).toEqual(events[0]);
  expect(Object.keys(accepted(await client.legalCommands(accountNumber))._links)).toEqual([
    "self",
    "account",
  ]);
  const log = await Array.fromAsync(client.events(accountNumber));
  expect(log.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it("tells problems apart", async () => {
  const { account } = accepted(await client.create({ userId: 12 }));
  const refused = await client.command(account.accountNumber, "suspend");
  expect(refused).toMatchObject({
    ok: false,
    problem: { code: "illegal-transition", status: 409, accountStatus: "ACCOUNT_PENDING" },
  });
  const stale = await client.command(account.accountNumber, "confirm", {}, { expectedVersion: 7 });
  expect(stale).toMatchObject({ ok: false, problem: { code: "version-mismatch", currentVersion: 1 } });
  expect(await client.account("none")).toMatchObject({ ok: false, problem: { code: "account-not-found" } });
});

it("sends many commands at once, each with its own result", async () => {
  const results = accepted(
    await client.commands([
      { command: "create", userId: 13, accountNumber: "MANY" },
      { command: "confirm", accountNumber: "MANY", expectedVersion: 1 },
      { command: "suspend", accountNumber: "MANY", reason: "too early" },
    ]),
  );
  expect(results.map((result) => (result.ok ? result.value.account.version : result.problem.code))).toEqual([
    1,
    2,
    "illegal-transition",
  ]);
  expect(accepted(await client.account("MANY")).version).toBe(2);
});

it("iterates over lists and the feed", async () => {
  for (let index = 0; index < 5; index++) accepted(await client.create({ userId: 14 }));
  await expect
    .poll(async () => (await Array.fromAsync(client.accounts({ userId: 14, limit: 2 }))).length, {
      timeout: 20_000,
    })
    .toBe(5);
  const feed = await Array.fromAsync(client.feed({ types: ["ACCOUNT_CREATED"], limit: 3 }));
  expect(feed.length).toBeGreaterThanOrEqual(5);
  const [last] = feed.slice(-1);
  expect(
    await Array.fromAsync(client.feed({ after: last?.position ?? 0, types: ["ACCOUNT_CREATED"] })),
  ).toEqual([]);
  expect(accepted(await client.statusTotals()).accounts).toBeGreaterThanOrEqual(5);
});

it("does what the README says", async () => {
  const example = await readFile("examples/client.ts", "utf8");
  const code = example.slice(example.indexOf("import"));
  expect(await readFile("README.md", "utf8")).toContain(code);
  const { status, stdout } = await runNode("examples/client.ts", (await system.url()).origin);
  expect([status, stdout]).toEqual([
    0,
    [
      "Legal instead: suspend, archive, close, make-default",
      "Version 3: ACCOUNT_ACTIVE",
      "1 ACCOUNT_CREATED",
      "2 ACCOUNT_CONFIRMED",
      "3 ACCOUNT_ACTIVATED",
      "",
    ].join("\n"),
  ]);
});
