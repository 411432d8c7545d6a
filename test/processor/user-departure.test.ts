// A user leaves while accounts are being opened for that user: whatever comes first, no account is left open.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import { readInboxEvent, storeEvents } from "../../src/processor/inbox.ts";
import { readUserState } from "../../src/views/users.ts";
import { type Random, randomFrom } from "../simulation/random.ts";
import { recordSends } from "../workerd/account-objects.ts";
import { request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

const SEEDS = 40;
/** A loaded machine may take long; nothing here depends on it. */
const TIMEOUT_MS = 60_000;
/** More than one page of the user's accounts. */
const MANY_ACCOUNTS = 120;

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
  recordSends();
});
afterEach(() => vi.restoreAllMocks());

const freshUser = (): number => Math.floor(Math.random() * 2 ** 40) + 1;
const freshNumber = (): string => crypto.randomUUID().replaceAll("-", "");

const leaves = (userId: number, time: string) => ({
  specversion: "1.0" as const,
  id: crypto.randomUUID(),
  source: "/users",
  type: "user.deleted",
  subject: String(userId),
  time,
});

/** Stores it, as the route does. */
async function received(event: ReturnType<typeof leaves>): Promise<number> {
  const [stored] = await storeEvents(env.OPERATIONS, [event], "0".repeat(32), Date.now());
  return stored?.number ?? 0;
}

async function open(accountNumber: string, userId: number): Promise<void> {
  const create = request({ type: "create", userId, defaultAccount: false });
  await env.ACCOUNT_LOGS.getByName(accountNumber).execute([create], false);
}

async function projectLog(accountNumber: string): Promise<void> {
  const { events } = await env.ACCOUNT_LOGS.getByName(accountNumber).events(0, 500);
  await deliver([{ accountNumber, events }], views);
}

/**
 * What reacts to ACCOUNT_CREATED: after the account is in the view it looks whether the user has left, and closes the
 * account then.
 */
async function reactToCreated(accountNumber: string, userId: number): Promise<void> {
  if ((await readUserState(env.OPERATIONS, userId)) !== "departed") return;
  await env.ACCOUNT_LOGS.getByName(accountNumber).execute([request({ type: "close" })], false);
}

/** Every query of every database may take long before it and after it, so that what runs side by side gets mixed. */
function slowDatabases(random: Random): void {
  const pause = () => scheduler.wait(random.chance(0.4) ? random.between(5, 25) : 0);
  const statement = Object.getPrototypeOf(env.VIEWS.prepare("SELECT 1"));
  const database = Object.getPrototypeOf(env.VIEWS);
  for (const [owner, name] of [
    [statement, "run"],
    [statement, "all"],
    [statement, "first"],
    [database, "batch"],
  ] as const) {
    const original = owner[name];
    vi.spyOn(owner, name).mockImplementation(async function (this: unknown, ...values: unknown[]) {
      await pause();
      const result = await original.apply(this, values);
      await pause();
      return result;
    });
  }
}

const FUNCTIONS: Partial<ProcessorEnv> = { FUNCTION_USER_DEPARTURE: env.USER_DEPARTURE };

/** A command side that can't be reached at times. */
const flaky = (random: Random): Partial<ProcessorEnv> => ({
  COMMANDS: {
    execute: async (commands, caller) => {
      if (random.chance(0.3)) throw new Error("The command side can't be reached");
      return env.COMMANDS.execute(commands, caller);
    },
  },
});

async function deliverUntilDone(number: number, changed: Partial<ProcessorEnv> = {}): Promise<void> {
  for (let retried = 1; retried > 0; ) {
    const delivered = await deliver([{ number }], views, "inbox", { ...FUNCTIONS, ...changed });
    retried = delivered.retried.length;
  }
}

const openAccounts = async (accountNumbers: readonly string[]): Promise<string[]> => {
  const accounts = await Promise.all(
    accountNumbers.map((accountNumber) => env.ACCOUNT_LOGS.getByName(accountNumber).current()),
  );
  return accounts.flatMap((account) =>
    account === null || account.status === "ACCOUNT_CLOSED" ? [] : [account.accountNumber],
  );
};

it.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  "seed %i: accounts opened while their user leaves all end closed",
  async (seed) => {
    const random = randomFrom(seed);
    const userId = freshUser();
    const stranger = freshNumber();
    await open(stranger, freshUser());
    await projectLog(stranger);
    const accountNumbers = Array.from({ length: random.between(1, 4) }, freshNumber);
    const number = await received(leaves(userId, "2026-11-24T10:00:00Z"));
    slowDatabases(random.fork("databases"));

    const chances = random.fork("flaky");
    await Promise.all([
      ...accountNumbers.map(async (accountNumber, index) => {
        await scheduler.wait(random.fork(`account ${index}`).between(0, 20));
        await open(accountNumber, userId);
        await projectLog(accountNumber);
        await reactToCreated(accountNumber, userId);
      }),
      // At times its message comes twice.
      ...Array.from({ length: random.between(1, 2) }, async (_, copy) => {
        await scheduler.wait(random.fork(`message ${copy}`).between(0, 60));
        await deliverUntilDone(number, flaky(chances));
      }),
    ]);

    expect(await openAccounts(accountNumbers)).toEqual([]);
    expect(await openAccounts([stranger])).toEqual([stranger]);
    expect((await readInboxEvent(env.OPERATIONS, number))?.state).toBe("handled");
  },
  TIMEOUT_MS,
);

it(
  "a user with many accounts leaves: each is closed, once, and says what closed it",
  async () => {
    const userId = freshUser();
    const accountNumbers = Array.from({ length: MANY_ACCOUNTS }, freshNumber);
    await Promise.all(accountNumbers.map((accountNumber) => open(accountNumber, userId)));
    for (const accountNumber of accountNumbers) await projectLog(accountNumber);
    const number = await received(leaves(userId, "2026-11-24T10:00:00Z"));
    await Promise.all([deliverUntilDone(number), deliverUntilDone(number)]);

    expect(await openAccounts(accountNumbers)).toEqual([]);
    for (const accountNumber of accountNumbers) {
      const { events } = await env.ACCOUNT_LOGS.getByName(accountNumber).events(1, 500);
      expect(events).toMatchObject([
        {
          type: "ACCOUNT_CLOSED",
          metadata: {
            causationId: `/v1/inbox/${number}`,
            actor: "function:user-departure",
            correlationId: "0".repeat(32),
          },
        },
      ]);
    }
  },
  TIMEOUT_MS,
);

it("a user who is back keeps the accounts of after that, though the departure is told late", async () => {
  const userId = freshUser();
  const back = await received({
    ...leaves(userId, "2026-11-24T12:00:00Z"),
    type: "user.created",
  });
  await deliverUntilDone(back);
  const accountNumber = freshNumber();
  await open(accountNumber, userId);
  await projectLog(accountNumber);
  await deliverUntilDone(await received(leaves(userId, "2026-11-24T10:00:00Z")));

  expect(await openAccounts([accountNumber])).toEqual([accountNumber]);
});
