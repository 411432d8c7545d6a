// Onboarding: an account becomes active by itself, unless a person was there before, or the user has left.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { writeUser } from "../../src/views/users.ts";
import { CREATE } from "../workerd/commands.ts";
import { Circle, freshNumber, logOf, parkedNow, typesOf } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

const onboarding = (): Circle => new Circle({ FUNCTION_ONBOARDING: env.ONBOARDING });

it("confirms and then activates a created account, and does nothing more", async () => {
  const circle = onboarding();
  const number = freshNumber();
  await circle.command(number, CREATE);
  await circle.run();

  expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_ACTIVATED"]);
  const log = await logOf(number);
  expect(log.map(({ metadata }) => metadata.causationId)).toEqual([null, `${number}:1`, `${number}:2`]);
  expect(new Set(log.map(({ metadata }) => metadata.correlationId)).size).toBe(1);
});

it("leaves alone what a person did before it came", async () => {
  const circle = onboarding();
  const [closed, confirmed, changed] = [freshNumber(), freshNumber(), freshNumber()];
  for (const number of [closed, confirmed, changed]) await circle.command(number, CREATE);
  await circle.command(closed, { type: "close" });
  await circle.command(confirmed, { type: "confirm" });
  await circle.command(confirmed, { type: "make-default" });
  await circle.command(changed, { type: "make-default" });
  await circle.run();

  expect(await typesOf(closed)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CLOSED"]);
  expect(await typesOf(confirmed)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_MADE_DEFAULT"]);
  expect(await typesOf(changed)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_MADE_DEFAULT"]);
});

it("goes on where a person confirmed", async () => {
  const circle = onboarding();
  const number = freshNumber();
  await circle.command(number, CREATE);
  await circle.command(number, { type: "confirm" });
  await circle.run();

  expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_ACTIVATED"]);
});

it("closes an account that was created for a user who has left, whatever else was done to it", async () => {
  const circle = onboarding();
  await writeUser(env.OPERATIONS, 7, "departed", 1).run();
  await writeUser(env.OPERATIONS, 8, "known", 1).run();
  const [left, touched, known] = [freshNumber(), freshNumber(), freshNumber()];
  for (const number of [left, touched]) {
    await circle.command(number, { type: "create", userId: 7, defaultAccount: false });
  }
  await circle.command(touched, { type: "make-default" });
  await circle.command(known, { type: "create", userId: 8, defaultAccount: false });
  await circle.run();

  expect(await typesOf(left)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CLOSED"]);
  expect(await typesOf(touched)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_MADE_DEFAULT", "ACCOUNT_CLOSED"]);
  expect((await typesOf(known)).at(-1)).toBe("ACCOUNT_ACTIVATED");
});

it("closes an account that it confirmed already, where it is asked again after the user left", async () => {
  const circle = onboarding();
  const number = freshNumber();
  await circle.command(number, { type: "create", userId: 9, defaultAccount: false });
  await circle.deliverEvents();
  const [message] = circle.reactions;
  await circle.deliverReactions();
  // As after a crash before the position was written.
  await env.OPERATIONS.exec("UPDATE reactions SET position = 0");
  await writeUser(env.OPERATIONS, 9, "departed", 1).run();
  circle.reactions.push(message);
  await circle.run();

  expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_CLOSED"]);
  expect(await parkedNow(circle)).toEqual([]);
});
