// The keys of functions' commands: no client's key is one, and each has its effect once.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { post } from "../command/http.ts";
import { CREATE } from "../workerd/commands.ts";
import { Circle, fresh, functionNamed, logOf, parkedNow, typesOf } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

it("a function's key is none that a client can have used before on the account", async () => {
  const closing = functionNamed("closing", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => ({
    commands: [{ command: "close", accountNumber }],
  }));
  const circle = new Circle({ FUNCTION_CLOSING: closing });
  const [model, attacked] = [fresh("MODEL"), fresh("ATTACKED")];
  await circle.command(model, CREATE);
  await circle.run();
  // Keys can be foreseen: from one account's log follows what they are in another's.
  const key = (await logOf(model)).at(-1)?.metadata.commandId.replaceAll(model, attacked) ?? "";
  await circle.command(attacked, CREATE);
  const send = (command: string, idempotencyKey: string) =>
    post(`/v1/accounts/${attacked}/commands/${command}`, {}, { "Idempotency-Key": idempotencyKey });

  expect((await send("make-default", key)).status).toBe(400);
  for (const [index, part] of key.split(" ").entries()) {
    expect((await send(index % 2 === 0 ? "make-default" : "clear-default", part)).status).toBe(200);
  }
  await circle.run();

  expect((await typesOf(attacked)).at(-1)).toBe("ACCOUNT_CLOSED");
});

it("a function that is asked again and answers its command with other members is done with it: the first had its effect", async () => {
  const reasons = ["one", "another"];
  const fickle = functionNamed("fickle", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => ({
    commands: [{ command: "close", accountNumber, reason: reasons.shift() ?? "a third" }],
  }));
  const circle = new Circle({ FUNCTION_FICKLE: fickle });
  const number = fresh("FICKLE");
  await circle.command(number, CREATE);
  await circle.deliverEvents();
  const [message] = circle.reactions;
  await circle.deliverReactions();
  // As after a crash before the position was written.
  await env.OPERATIONS.exec("UPDATE reactions SET position = 0");
  circle.reactions.push(message);
  expect((await circle.deliverReactions()).retried).toEqual([]);

  const log = await logOf(number);
  expect(log.map(({ type, data }) => ({ type, data }))).toMatchObject([
    { type: "ACCOUNT_CREATED" },
    { type: "ACCOUNT_CLOSED", data: { reason: "one" } },
  ]);
  expect(reasons).toEqual([]);
  expect(await parkedNow(circle)).toEqual([]);
});
