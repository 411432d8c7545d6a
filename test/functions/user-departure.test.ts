// A user leaves: every account of that user is closed, also one that is being created at that very moment.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { reactToUserEvent } from "../../src/processor/react-to-user-event.ts";
import { writeUser } from "../../src/views/users.ts";
import { randomFrom } from "../simulation/random.ts";
import { Circle, freshNumber, logOf } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

const leaving = (): Circle =>
  new Circle({ FUNCTION_USER_DEPARTURE: env.USER_DEPARTURE, FUNCTION_ONBOARDING: env.ONBOARDING });

/** As the inbox has it: that the user has left stands before anyone looks for accounts. */
async function depart(circle: Circle, userId: number): Promise<void> {
  await writeUser(env.OPERATIONS, userId, "departed", Date.now()).run();
  await reactToUserEvent(
    { ...env, ...circle.bindings() },
    { id: `/v1/inbox/${userId}`, type: "user.deleted", userId, correlationId: "a".repeat(32) },
  );
}

const statusOf = async (number: string) => (await env.ACCOUNT_LOGS.getByName(number).current())?.status;

it("closes that user's accounts and no other's, and says why; again it changes nothing", async () => {
  const circle = leaving();
  const [first, second, closed, other] = [freshNumber(), freshNumber(), freshNumber(), freshNumber()];
  for (const number of [first, second, closed]) {
    await circle.command(number, { type: "create", userId: 1, defaultAccount: false });
  }
  await circle.command(other, { type: "create", userId: 2, defaultAccount: false });
  await circle.command(closed, { type: "close" });
  await circle.run();
  await depart(circle, 1);
  await depart(circle, 1);
  await circle.run();

  expect(await Promise.all([first, second, closed, other].map(statusOf))).toEqual([
    "ACCOUNT_CLOSED",
    "ACCOUNT_CLOSED",
    "ACCOUNT_CLOSED",
    "ACCOUNT_ACTIVE",
  ]);
  expect((await logOf(first)).at(-1)).toMatchObject({
    type: "ACCOUNT_CLOSED",
    data: { reason: "The user has left" },
    metadata: { causationId: "/v1/inbox/1", correlationId: "a".repeat(32), actor: "function:user-departure" },
  });
  expect(await logOf(closed)).toHaveLength(2);
});

it("closes more accounts than one answer holds", { timeout: 60_000 }, async () => {
  const circle = leaving();
  const numbers = Array.from({ length: 230 }, () => freshNumber());
  await Promise.all(
    numbers.map((number) => circle.command(number, { type: "create", userId: 3, defaultAccount: false })),
  );
  while (circle.events.length > 0) await circle.deliverEvents();
  await depart(circle, 3);

  expect(new Set(await Promise.all(numbers.map(statusOf)))).toEqual(new Set(["ACCOUNT_CLOSED"]));
});

it("rejects where a command could not be carried out, so that it comes again", async () => {
  const circle = leaving();
  await circle.command(freshNumber(), { type: "create", userId: 4, defaultAccount: false });
  await circle.deliverEvents();
  const event = {
    id: "/v1/inbox/4",
    type: "user.deleted",
    userId: 4,
    correlationId: "b".repeat(32),
  } as const;
  const COMMANDS = { execute: async () => [{ kind: "unavailable" as const }] };
  await expect(reactToUserEvent({ ...env, ...circle.bindings(), COMMANDS }, event)).rejects.toThrow(
    "reached",
  );
});

it.each(Array.from({ length: 25 }, (_, index) => index + 1))(
  "leaves no account open that is created while the user leaves (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    const circle = leaving();
    const userId = 1_000 + seed;
    const numbers = Array.from({ length: 3 }, () => freshNumber());
    const tasks: (() => Promise<unknown>)[] = [
      ...numbers.map(
        (number) => () => circle.command(number, { type: "create", userId, defaultAccount: false }),
      ),
      () => depart(circle, userId),
      ...Array.from({ length: 4 }, () => () => circle.deliverEvents()),
      ...Array.from({ length: 4 }, () => () => circle.deliverReactions()),
    ];
    const inOrder = random.shuffled(tasks);
    // Some side by side, some after the other.
    while (inOrder.length > 0) {
      await Promise.all(inOrder.splice(0, random.between(1, 4)).map((task) => task()));
    }
    await circle.run();

    expect(await Promise.all(numbers.map(statusOf)), `seed ${seed}`).toEqual(
      numbers.map(() => "ACCOUNT_CLOSED"),
    );
  },
);
