// Functions in the real system: what happens by itself, through all Workers, with nobody there.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ALL_PARTS, System, WITH_FUNCTIONS, WITH_HANGING_FUNCTION } from "./system.ts";

const TIMEOUT_MS = 60_000;

let system: System;
beforeAll(async () => {
  system = await System.start(WITH_FUNCTIONS);
});
afterAll(() => system.close());

/** Who leads a function when the Workers are replaced keeps its lease for half a minute, and a message waits up to a minute. */
const BACK_TIMEOUT_MS = 180_000;

const eventually = (look: () => Promise<void>, timeout = TIMEOUT_MS) =>
  vi.waitFor(look, { timeout, interval: 100 });

it("a created account becomes active by itself, and each event says what caused it", async () => {
  const opened = await system.post("/v1/accounts", { userId: 1, accountNumber: "SELF" });
  await eventually(async () => {
    expect((await system.get("/v1/accounts/SELF")).body).toMatchObject({
      status: "ACCOUNT_ACTIVE",
      version: 3,
    });
  });

  const log = await system.all("/v1/accounts/SELF/events");
  const { correlationId } = opened.body.events[0].metadata;
  expect(log.map(({ type, metadata }) => [type, metadata.actor, metadata.causationId])).toEqual([
    ["ACCOUNT_CREATED", "anonymous", null],
    ["ACCOUNT_CONFIRMED", "function:onboarding", "SELF:1"],
    ["ACCOUNT_ACTIVATED", "function:onboarding", "SELF:2"],
  ]);
  expect(log.map(({ metadata }) => metadata.correlationId)).toEqual(log.map(() => correlationId));
});

it("of two accounts that a user opens as default at once one stays it", async () => {
  await Promise.all(
    ["TWIN-A", "TWIN-B"].map((accountNumber) =>
      system.post("/v1/accounts", { userId: 2, accountNumber, defaultAccount: true }),
    ),
  );
  await eventually(async () => {
    const accounts = await system.all("/v1/users/2/accounts");
    expect(accounts.filter(({ defaultAccount }) => defaultAccount)).toHaveLength(1);
    expect(accounts.map(({ status }) => status)).toEqual(["ACCOUNT_ACTIVE", "ACCOUNT_ACTIVE"]);
  });
});

it("the operations routes tell of each function", async () => {
  await eventually(async () => {
    const { body } = await system.get("/v1/operations/functions");
    expect(body.items).toMatchObject([
      { name: "onboarding", reactsTo: ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"], waiting: 0, parked: 0 },
      { name: "one-default", sends: ["clear-default"], waiting: 0, parked: 0 },
      { name: "user-departure", reactsTo: ["user.deleted"], position: null, waiting: 0, parked: 0 },
    ]);
    expect(body.items[0].position.eventId).toMatch(/^(SELF|TWIN-[AB]):[12]$/);
    expect(body.items[0].lagMs.newest).toBeGreaterThanOrEqual(0);
  });
});

it("a function that hangs, whatever it is asked, holds up no other", { timeout: 180_000 }, async () => {
  await system.deploy(WITH_HANGING_FUNCTION);
  const operations = await system.operations();
  const isGivenUp = async (accountNumber: string): Promise<boolean> => {
    const failures = operations
      .prepare("SELECT attempts FROM reactions WHERE function = 'one-default' AND account_number = ?1")
      .bind(accountNumber);
    return (await failures.first<number>("attempts")) !== 0;
  };
  const until = (accountNumber: string, status: string) =>
    eventually(async () => {
      expect((await system.get(`/v1/accounts/${accountNumber}`)).body.status).toBe(status);
    });

  // While it hangs at one account, another becomes active. A busy machine may take its five seconds for that, now and then.
  for (let attempt = 1; ; attempt++) {
    const [hangs, goesOn] = [`HANGS-${attempt}`, `GOES-ON-${attempt}`];
    await system.post("/v1/accounts", { userId: 100 + attempt, accountNumber: hangs });
    await until(hangs, "ACCOUNT_ACTIVE");
    await system.post("/v1/accounts", { userId: 100 + attempt, accountNumber: goesOn });
    await until(goesOn, "ACCOUNT_ACTIVE");
    if (!(await isGivenUp(hangs))) break;
    expect(attempt).toBeLessThan(5);
  }
});

it("functions that are down are no concern of commands and views, and react when they are back", {
  timeout: 2 * BACK_TIMEOUT_MS,
}, async () => {
  await system.deploy(ALL_PARTS);
  expect((await system.post("/v1/accounts", { userId: 3, accountNumber: "ALONE" })).status).toBe(201);
  await eventually(async () => {
    expect((await system.get("/v1/accounts/ALONE")).body).toMatchObject({
      status: "ACCOUNT_PENDING",
      version: 1,
    });
  });

  await system.deploy(WITH_FUNCTIONS);
  await eventually(async () => {
    expect((await system.get("/v1/accounts/ALONE")).body.status).toBe("ACCOUNT_ACTIVE");
  }, BACK_TIMEOUT_MS);
});

it("no HTTP route reaches the way in that functions' commands take", async () => {
  for (const path of ["/v1/execute", "/execute", "/Commands", "/v1/Commands/execute"]) {
    expect((await system.post(path, [])).status).toBe(404);
  }
});
