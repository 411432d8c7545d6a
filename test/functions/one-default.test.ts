// One default account a user: in the end exactly one is left, the newest, in whatever order they became it.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Account } from "../../src/account/account.ts";
import { randomFrom } from "../simulation/random.ts";
import { Circle, freshNumber, logOf } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

const oneDefault = (): Circle => new Circle({ FUNCTION_ONE_DEFAULT: env.ONE_DEFAULT });

async function defaultsAmong(numbers: readonly string[]): Promise<string[]> {
  const accounts = await Promise.all(numbers.map((number) => env.ACCOUNT_LOGS.getByName(number).current()));
  return accounts
    .filter((account): account is Account => account?.defaultAccount === true)
    .map(({ accountNumber }) => accountNumber);
}

/** The account that became default last, going by the logs. */
async function newestDefault(numbers: readonly string[]): Promise<string | undefined> {
  const became = await Promise.all(
    numbers.map(async (accountNumber) => {
      const events = (await logOf(accountNumber)).filter(
        ({ type, data }) => type === "ACCOUNT_MADE_DEFAULT" || data.defaultAccount === true,
      );
      return { accountNumber, at: events.at(-1)?.createdAt ?? 0 };
    }),
  );
  return became
    .toSorted((one, other) => one.at - other.at || (one.accountNumber < other.accountNumber ? -1 : 1))
    .at(-1)?.accountNumber;
}

it("clears the user's other default when an account becomes it, and no other user's", async () => {
  const circle = oneDefault();
  const [first, second, third, stranger] = [freshNumber(), freshNumber(), freshNumber(), freshNumber()];
  await circle.command(first, { type: "create", userId: 1, defaultAccount: true });
  await circle.command(stranger, { type: "create", userId: 2, defaultAccount: true });
  await circle.command(third, { type: "create", userId: 1, defaultAccount: false });
  await circle.run();
  expect(await defaultsAmong([first, second, third, stranger])).toEqual([first, stranger]);

  await scheduler.wait(2);
  await circle.command(second, { type: "create", userId: 1, defaultAccount: true });
  await circle.run();
  expect(await defaultsAmong([first, second, third, stranger])).toEqual([second, stranger]);

  await scheduler.wait(2);
  await circle.command(first, { type: "make-default" });
  await circle.run();
  expect(await defaultsAmong([first, second, third, stranger])).toEqual([first, stranger]);
});

it("leaves the newest of more than one answer holds", { timeout: 60_000 }, async () => {
  const circle = oneDefault();
  const numbers = Array.from({ length: 130 }, () => freshNumber());
  for (const number of numbers) {
    await circle.command(number, { type: "create", userId: 3, defaultAccount: true });
  }
  // One batch for all, and one message.
  while (circle.events.length > 0) await circle.deliverEvents();
  circle.reactions.splice(1);
  await circle.run();

  const left = await defaultsAmong(numbers);
  expect(left).toEqual([await newestDefault(numbers)]);
});

it.each(Array.from({ length: 25 }, (_, index) => index + 1))(
  "leaves the newest alone, whatever races (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const circle = oneDefault();
    circle.mix = random.shuffled;
    const numbers = Array.from({ length: random.between(2, 4) }, () => freshNumber());
    for (const number of numbers) {
      await circle.command(number, { type: "create", userId: 4, defaultAccount: random.chance(0.5) });
    }
    // Made default while events, views and functions are anywhere on their way; several deliveries at once.
    for (let step = 0; step < 8; step++) {
      await Promise.all(
        Array.from({ length: random.between(1, 3) }, () => {
          const number = random.pickOf(numbers) ?? "";
          if (random.chance(0.4)) return circle.command(number, { type: "make-default" });
          return random.chance(0.5) ? circle.deliverEvents() : circle.deliverReactions();
        }),
      );
    }
    if ((await defaultsAmong(numbers)).length === 0) {
      await circle.command(numbers[0] ?? "", { type: "make-default" });
    }
    await circle.run();

    expect(await defaultsAmong(numbers), `seed ${seed}`).toEqual([await newestDefault(numbers)]);
  },
);
