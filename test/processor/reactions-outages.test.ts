// Functions while a part of the system fails, or loses something: whatever it is, each is told of each event in the end.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seeToLost } from "../../src/processor/clock.ts";
import { rewriteLog } from "../workerd/account-objects.ts";
import { CREATE, MAKE_DEFAULT } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import {
  Circle,
  confirming,
  fresh,
  functionNamed,
  logOf,
  parkedNow,
  send,
  typesOf,
} from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

describe("a part of the system that fails", () => {
  it("on the way to the queue makes the account's events come again", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const number = fresh("UNSENT");
    await circle.command(number, CREATE);
    const messages = [...circle.events];
    const failing = Object.assign(Object.create(env.ACCOUNT_REACTIONS), {
      sendBatch: () => Promise.reject(new Error("Queue sendBatch failed: overloaded")),
    });
    const delivered = await circle.deliverEvents({ ACCOUNT_REACTIONS: failing });
    expect(delivered.acked).toEqual([]);
    expect(delivered.retried).toHaveLength(messages.length);

    circle.events.push(...messages);
    await circle.run();
    expect(await typesOf(number)).toHaveLength(2);
  });

  it("at the commands is not the function's failure: it comes again, and is never parked for it", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const number = fresh("OUTAGE");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    for (const COMMANDS of [
      { execute: () => Promise.reject(new Error("Worker not found")) },
      { execute: async () => [{ kind: "unavailable" as const }] },
    ]) {
      for (let attempt = 0; attempt < 15; attempt++) {
        expect((await circle.deliverReactions({ COMMANDS })).retried).toEqual([0]);
      }
    }
    await circle.run();
    expect(await typesOf(number)).toHaveLength(2);
  });

  it("so that an event is missing is made good with the repair, which functions are told of, too", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const [gap, behind] = [fresh("GAP"), fresh("BEHIND")];
    for (const number of [gap, behind]) await circle.command(number, CREATE);
    circle.events.splice(0);
    await circle.command(gap, MAKE_DEFAULT);
    await circle.deliverEvents();
    await deliver([{ accountNumber: behind }], env.VIEWS, "account-repairs", circle.bindings());
    await circle.run();

    expect(await typesOf(behind)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"]);
    // The command expected that nothing had happened to the account, so it was asked, and refused.
    expect((await send(circle, "GET", "/v1/operations/functions")).body.items[0].reactions).toBe(2);
  });

  it("so that messages are lost is made good by the clock, once it is sure, and by an operator at once", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const [first, second] = [fresh("LOSS"), fresh("LOSS")];
    for (const number of [first, second]) {
      await circle.command(number, CREATE);
      await circle.deliverEvents();
      circle.reactions.splice(0);
      await seeToLost({ ...env, ...circle.bindings() });
      expect(circle.reactions).toEqual([]);
      if (number === first) {
        expect((await send(circle, "POST", "/v1/operations/parked/replay")).body).toEqual({ replaying: 1 });
      } else {
        const now = Date.now();
        const clock = vi.spyOn(Date, "now").mockReturnValue(now + 61_000);
        await seeToLost({ ...env, ...circle.bindings() });
        clock.mockRestore();
      }
      await circle.run();
      expect(await typesOf(number)).toHaveLength(2);
    }
    expect((await send(circle, "POST", "/v1/operations/parked/replay")).body).toEqual({ replaying: 0 });
  });

  it("so that the message of a function that is to try again is lost is made good by the clock, too", async () => {
    let isBroken = true;
    const mended = functionNamed("mended", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => {
      if (isBroken) throw new Error("Broken");
      return { commands: [{ command: "confirm", accountNumber }] };
    });
    const circle = new Circle({ FUNCTION_MENDED: mended });
    const number = fresh("FORGOT");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    await circle.deliverReactions();
    expect(circle.reactions.splice(0)).toHaveLength(1);
    isBroken = false;
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 31_000);
    await seeToLost({ ...env, ...circle.bindings() });
    await circle.deliverReactions();

    expect(await typesOf(number)).toHaveLength(2);
  });

  it("so that a log can't be read is waited for with one message, and holds up the clock at no later event", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const [unreadable, later] = [fresh("UNREAD"), fresh("LATER")];
    await circle.command(unreadable, CREATE);
    await circle.deliverEvents();
    const data = (await logOf(unreadable))[0]?.data;
    await rewriteLog(unreadable, "UPDATE events SET data = '{'");
    await circle.command(later, CREATE);
    await circle.deliverEvents();
    expect((await circle.deliverReactions()).retried).toEqual([0]);

    // As the queue brings it again, and the clock ticks meanwhile.
    const start = Date.now();
    const clock = vi.spyOn(Date, "now");
    let now = start;
    let ticks = 0;
    for (let attempt = 1; attempt <= 12; attempt++) {
      const dueAt = now + Math.min(2 ** attempt, 300) * 1_000;
      for (; start + (ticks + 1) * 60_000 < dueAt; ticks++) {
        clock.mockReturnValue(start + (ticks + 1) * 60_000);
        await seeToLost({ ...env, ...circle.bindings() });
      }
      now = dueAt;
      clock.mockReturnValue(now);
      expect(circle.reactions).toHaveLength(1);
      expect((await circle.deliverReactions()).retried).toEqual([0]);
    }
    expect(ticks).toBeGreaterThan(20);
    const { body } = await send(circle, "GET", "/v1/operations/functions");
    expect(body.items[0]).toMatchObject({ waiting: 1, parked: 0 });
    expect(await env.OPERATIONS.prepare("SELECT checked FROM functions").first("checked")).toBe(2);

    // Its message is lost, too, and the log is read again.
    circle.reactions.splice(0);
    await rewriteLog(unreadable, `UPDATE events SET data = '${JSON.stringify(data)}'`);
    clock.mockReturnValue(now + 601_000);
    await seeToLost({ ...env, ...circle.bindings() });
    await circle.deliverReactions();
    expect(await typesOf(unreadable)).toHaveLength(2);
    const after = await send(circle, "GET", "/v1/operations/functions");
    expect(after.body.items[0]).toMatchObject({ waiting: 0, parked: 0 });
  });

  it("so often that the queue gives a message up leaves it to a person", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const number = fresh("DEAD");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    await deliver(circle.reactions.splice(0), env.VIEWS, "account-reactions-dead", circle.bindings());
    expect(await parkedNow(circle)).toMatchObject([{ accountNumber: number, function: "confirming" }]);

    await send(circle, "POST", "/v1/operations/parked/replay");
    await circle.run();
    expect(await parkedNow(circle)).toEqual([]);
    expect(await typesOf(number)).toHaveLength(2);
  });
});
