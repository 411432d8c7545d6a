// Leading functions over accounts: in order, at least once, each command with its effect once, no trouble spreading.

import { createExecutionContext, createMessageBatch, env, getQueueResult } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seeToLost } from "../../src/processor/clock.ts";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";
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

/** What a function answers when it has nothing to say. */
const SILENT = { commands: [] };

async function failUntilParked(circle: Circle): Promise<void> {
  for (let attempt = 0; circle.reactions.length > 0; attempt++) {
    expect(attempt).toBeLessThan(20);
    await circle.deliverReactions();
  }
}

describe("a function's commands", () => {
  it("are executed, and their events say what caused them", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const number = fresh("CAUSE");
    await circle.command(number, CREATE);
    await circle.run();

    const [created, confirmed, ...others] = await logOf(number);
    expect(others).toEqual([]);
    expect(confirmed).toMatchObject({
      type: "ACCOUNT_CONFIRMED",
      metadata: {
        commandId: `function:confirming ${number}:1/confirming/0/confirm`,
        correlationId: created?.metadata.correlationId,
        causationId: `${number}:1`,
        actor: "function:confirming",
      },
    });
  });

  it("have their effect once, however often and by however many consumers the message is worked on", async () => {
    const toggling = functionNamed("toggling", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => ({
      commands: [
        { command: "make-default", accountNumber },
        { command: "clear-default", accountNumber },
      ],
    }));
    const circle = new Circle({ FUNCTION_TOGGLING: toggling });
    const number = fresh("ONCE");
    await circle.command(number, CREATE);
    const { events } = circle;
    const again = [...events, ...events, ...events];
    circle.events.push(...again);
    await circle.deliverEvents();
    const messages = [...circle.reactions];
    await Promise.all(
      Array.from({ length: 5 }, () => deliver(messages, env.VIEWS, "account-reactions", circle.bindings())),
    );
    await circle.run();
    // As after a crash before the position was written.
    await env.OPERATIONS.exec("UPDATE reactions SET position = 0");
    await deliver(messages, env.VIEWS, "account-reactions", circle.bindings());

    expect(await typesOf(number)).toEqual([
      "ACCOUNT_CREATED",
      "ACCOUNT_MADE_DEFAULT",
      "ACCOUNT_DEFAULT_CLEARED",
    ]);
  });

  it("that are refused are an outcome, and the function goes on", async () => {
    const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
    const number = fresh("REFUSED");
    await circle.command(number, CREATE);
    await circle.command(number, { type: "close" });
    await circle.run();

    expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CLOSED"]);
    expect(await parkedNow(circle)).toEqual([]);
  });

  it("for an account that moved on are answered anew where the function wants to be asked again", async () => {
    const number = fresh("MOVED");
    const seen: number[] = [];
    const clearing = functionNamed("clearing", ["ACCOUNT_CREATED"], async ({ event: { accountNumber } }) => {
      const current = await env.ACCOUNT_LOGS.getByName(accountNumber).current();
      seen.push(current?.version ?? 0);
      // What it looked at is old by the time its command comes.
      if (seen.length === 1) await circle.command(number, { type: "confirm" });
      return {
        commands: [
          { command: "make-default", accountNumber, expectedVersion: seen.at(-1) ?? 0, ifMoved: "ask-again" },
        ],
      };
    });
    const circle = new Circle({ FUNCTION_CLEARING: clearing });
    await circle.command(number, CREATE);
    await circle.run();

    expect(seen).toEqual([1, 2]);
    expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED", "ACCOUNT_MADE_DEFAULT"]);
  });

  it("that are none are the function's failure", async () => {
    const wrong = functionNamed("wrong", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => {
      const answer = { commands: [{ command: "close" as const, accountNumber, reason: "" }] };
      return answer;
    });
    const circle = new Circle({ FUNCTION_WRONG: wrong });
    const number = fresh("WRONG");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    await failUntilParked(circle);

    expect(await parkedNow(circle)).toMatchObject([{ accountNumber: number, function: "wrong", version: 1 }]);
    expect(await typesOf(number)).toEqual(["ACCOUNT_CREATED"]);
  });
});

describe("a function", () => {
  it("is asked about one account's events in their order, one at a time, and about no others than it wants", async () => {
    let running = 0;
    const asked: string[] = [];
    const listening = functionNamed(
      "listening",
      ["ACCOUNT_CREATED", "ACCOUNT_SUSPENDED", "ACCOUNT_CLOSED"],
      async ({ event, account }) => {
        expect(++running).toBe(1);
        await scheduler.wait(5);
        asked.push(`${event.version} ${event.type} ${account.status}`);
        running--;
        return SILENT;
      },
    );
    const circle = new Circle({ FUNCTION_LISTENING: listening });
    const number = fresh("ORDER");
    for (const command of [
      CREATE,
      { type: "confirm" },
      { type: "activate" },
      { type: "suspend" },
      { type: "close" },
    ] as const) {
      await circle.command(number, command);
    }
    await circle.deliverEvents();
    const messages = [...circle.reactions];
    await Promise.all(
      Array.from({ length: 4 }, () => deliver(messages, env.VIEWS, "account-reactions", circle.bindings())),
    );
    await circle.run();

    expect(asked).toEqual([
      "1 ACCOUNT_CREATED ACCOUNT_PENDING",
      "4 ACCOUNT_SUSPENDED ACCOUNT_SUSPENDED",
      "5 ACCOUNT_CLOSED ACCOUNT_CLOSED",
    ]);
  });

  it("is told of nothing that the views do not have yet", async () => {
    const asked: number[] = [];
    const listening = functionNamed("listening", ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"], ({ event }) => {
      asked.push(event.version);
      return SILENT;
    });
    const circle = new Circle({ FUNCTION_LISTENING: listening });
    const number = fresh("VIEWED");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    await circle.command(number, { type: "confirm" });
    await circle.deliverReactions();
    expect(asked).toEqual([1]);
    await circle.run();
    expect(asked).toEqual([1, 2]);

    const lost = fresh("LOST");
    await circle.command(lost, CREATE);
    await circle.deliverEvents();
    await env.VIEWS.exec("DELETE FROM accounts");
    expect((await circle.deliverReactions()).retried).toEqual([0]);
    await deliver([{ accountNumber: lost }], env.VIEWS, "account-repairs", circle.bindings());
    await circle.run();
    expect(asked).toEqual([1, 2, 1]);
  });

  it("that fails for an account waits there alone: other accounts and other functions go on", async () => {
    const [good, bad] = [fresh("GOOD"), fresh("BAD")];
    const picky = functionNamed("picky", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => {
      if (accountNumber === bad) throw new Error("Not this one");
      return { commands: [{ command: "make-default", accountNumber }] };
    });
    const easy = functionNamed("easy", ["ACCOUNT_CREATED"], ({ event: { accountNumber } }) => ({
      commands: [{ command: "confirm", accountNumber }],
    }));
    const circle = new Circle({ FUNCTION_PICKY: picky, FUNCTION_EASY: easy });
    await circle.command(bad, CREATE);
    await circle.command(good, CREATE);
    await circle.deliverEvents();
    await circle.deliverReactions();

    expect(await typesOf(good)).toHaveLength(3);
    expect(await typesOf(bad)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"]);
    expect(await parkedNow(circle)).toEqual([]);
    await failUntilParked(circle);
    expect(await parkedNow(circle)).toMatchObject([
      { accountNumber: bad, function: "picky", version: 1, reason: "Not this one", attempts: 12 },
    ]);
  });

  it("that is parked tries again with the account's next event, or when told to, in order", async () => {
    let isBroken = true;
    const asked: number[] = [];
    const mended = functionNamed("mended", ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"], ({ event }) => {
      if (isBroken) throw new Error("Broken");
      asked.push(event.version);
      return SILENT;
    });
    const circle = new Circle({ FUNCTION_MENDED: mended });
    const [one, other] = [fresh("NEXT"), fresh("TOLD")];
    await circle.command(one, CREATE);
    await circle.deliverEvents();
    await failUntilParked(circle);
    await circle.command(one, { type: "confirm" });
    await circle.deliverEvents();
    // Still broken: tried once, and not again and again.
    expect(await circle.deliverReactions()).toEqual({ acked: [0], retried: [] });
    await circle.command(other, CREATE);
    await circle.deliverEvents();
    await failUntilParked(circle);
    expect(await parkedNow(circle)).toHaveLength(2);

    isBroken = false;
    expect((await send(circle, "POST", `/v1/operations/parked/${one}/replay`)).status).toBe(200);
    await circle.deliverReactions();
    expect(asked).toEqual([1, 2]);
    expect(await parkedNow(circle)).toMatchObject([{ accountNumber: other }]);

    expect((await send(circle, "POST", "/v1/operations/parked/replay")).body).toEqual({ replaying: 1 });
    await circle.deliverReactions();
    expect(asked).toEqual([1, 2, 1]);
    expect(await parkedNow(circle)).toEqual([]);
  });

  it("that hangs holds up no other function, and is given up", { timeout: 30_000 }, async () => {
    const hanging = functionNamed("hanging", ["ACCOUNT_CREATED"], () => new Promise(() => {}));
    const circle = new Circle({ FUNCTION_HANGING: hanging, FUNCTION_CONFIRMING: confirming });
    const number = fresh("HANG");
    await circle.command(number, CREATE);
    await circle.deliverEvents();
    let isOver = false;
    const delivering = circle.deliverReactions().finally(() => {
      isOver = true;
    });
    await vi.waitFor(async () => expect(await typesOf(number)).toHaveLength(2), { timeout: 4_000 });
    expect(isOver).toBe(false);

    // What it came to is known, although its message was given back before.
    expect((await delivering).retried).toHaveLength(1);
    expect((await send(circle, "GET", "/v1/operations/functions")).body.items).toMatchObject([
      { name: "confirming", waiting: 0, parked: 0, position: { eventId: `${number}:1` }, reactions: 1 },
      { name: "hanging", waiting: 1, parked: 0, position: null, reactions: 0 },
    ]);
  });

  it("that hangs is waited for by no batch, and rests for all but a few accounts, which is no failed attempt", async () => {
    const asked: string[] = [];
    let answer = () => {};
    let answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const hanging = functionNamed("hanging", ["ACCOUNT_CREATED"], async ({ event: { accountNumber } }) => {
      asked.push(accountNumber);
      await answered;
      return SILENT;
    });
    const circle = new Circle({ FUNCTION_HANGING: hanging, FUNCTION_CONFIRMING: confirming });
    // The same for each batch, as in one isolate.
    const bindings: ProcessorEnv = { ...env, ...circle.bindings() };
    const endBatch = async (count: number) => {
      const numbers = Array.from({ length: count }, () => fresh("HANG"));
      for (const number of numbers) await circle.command(number, CREATE);
      await circle.deliverEvents();
      const messages = circle.reactions
        .splice(0)
        .map((body, index) => ({ id: String(index), timestamp: new Date(), attempts: 1, body }));
      const batch = createMessageBatch("account-reactions", messages);
      const context = createExecutionContext();
      await worker.queue(batch, bindings, context);
      return { numbers, messages, settled: () => getQueueResult(batch, context) };
    };

    // Each batch ends although nothing was answered, and the other function is done.
    const one = await endBatch(1);
    const another = await endBatch(10);
    for (const number of [...one.numbers, ...another.numbers]) expect(await typesOf(number)).toHaveLength(2);
    expect(asked).toHaveLength(5);
    const { body } = await send(circle, "GET", "/v1/operations/functions");
    expect(body.items[1]).toMatchObject({ name: "hanging", waiting: 6, parked: 0 });
    // It is known that they wait: nothing was lost, so nothing is sent again.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
    await seeToLost(bindings);
    vi.useRealTimers();
    const resent = circle.reactions.splice(0).map((message) => JSON.stringify(message));
    for (const number of another.numbers.filter((each) => !asked.includes(each))) {
      expect(resent.join()).not.toContain(number);
    }

    answer();
    answered = Promise.resolve();
    for (const { settled, numbers } of [one, another]) {
      const { explicitAcks, retryMessages } = await settled();
      expect([explicitAcks.length, retryMessages.length]).toEqual([numbers.length, numbers.length]);
    }
    const bodies = [...one.messages, ...another.messages].map(({ body }) => body);
    await deliver(bodies, env.VIEWS, "account-reactions", circle.bindings());
    expect(asked.toSorted()).toEqual([...one.numbers, ...another.numbers].toSorted());
    const again = await send(circle, "GET", "/v1/operations/functions");
    expect(again.body.items[1]).toMatchObject({ waiting: 0, parked: 0 });
  });

  it("that sets off another without end is stopped, with the reason", async () => {
    const ping = functionNamed("ping", ["ACCOUNT_MADE_DEFAULT"], ({ event: { accountNumber } }) => ({
      commands: [{ command: "clear-default", accountNumber }],
    }));
    const pong = functionNamed("pong", ["ACCOUNT_DEFAULT_CLEARED"], ({ event: { accountNumber } }) => ({
      commands: [{ command: "make-default", accountNumber }],
    }));
    const circle = new Circle({ FUNCTION_PING: ping, FUNCTION_PONG: pong });
    const number = fresh("LOOP");
    await circle.command(number, CREATE);
    await circle.command(number, MAKE_DEFAULT);
    await circle.run();

    // What a person did, and a chain of sixteen.
    expect(await typesOf(number)).toHaveLength(2 + 16);
    const parked = await parkedNow(circle);
    expect(parked).toMatchObject([{ accountNumber: number, function: "ping", version: 18, attempts: 1 }]);
    expect(parked[0].reason).toContain("longer than 16");
  });

  it("that is new does not react to history, but to what comes", async () => {
    const circle = new Circle({});
    const [quiet, busy] = [fresh("QUIET"), fresh("BUSY")];
    for (const number of [quiet, busy]) await circle.command(number, CREATE);
    await circle.run();
    const asked: string[] = [];
    const late = functionNamed("late", ["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"], ({ event }) => {
      asked.push(event.id);
      return SILENT;
    });
    const now = Date.now();
    vi.restoreAllMocks();
    vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(Date, "now").mockImplementation(() => now + 3_600_000);
    const later = new Circle({ FUNCTION_LATE: late });
    for (const number of [quiet, busy])
      later.reactions.push({ function: "late", accountNumber: number, version: 1 });
    await later.deliverEvents();
    await later.run();
    await later.command(busy, { type: "confirm" });
    await later.run();

    expect(asked).toEqual([`${busy}:2`]);
  });

  it("that is deployed anew is told what it newly asks for; one that is down is told later what it missed", async () => {
    const asked: string[] = [];
    let types: readonly ["ACCOUNT_CREATED"] | readonly ["ACCOUNT_CONFIRMED"] = ["ACCOUNT_CREATED"];
    let isDown = false;
    const check = (): void => {
      if (isDown) throw new Error("Down");
    };
    const changing = {
      describe: async () => {
        check();
        return { name: "changing", reactsTo: types, sends: [] };
      },
      react: async ({ event }: { readonly event: { readonly id: string } }) => {
        check();
        asked.push(event.id);
        return SILENT;
      },
    };
    const circle = new Circle({ FUNCTION_CHANGING: changing });
    const number = fresh("CHANGE");
    await circle.command(number, CREATE);
    await circle.run();
    types = ["ACCOUNT_CONFIRMED"];
    await circle.deliverEvents();
    await circle.command(number, { type: "confirm" });
    await circle.run();
    expect(asked).toEqual([`${number}:1`, `${number}:2`]);

    isDown = true;
    const other = fresh("DOWN");
    await circle.command(other, CREATE);
    await circle.command(other, { type: "confirm" });
    expect(await circle.deliverEvents()).toEqual({ acked: [0, 1], retried: [] });
    await circle.deliverReactions();
    isDown = false;
    await circle.run();
    expect(asked.slice(2)).toEqual([`${other}:2`]);
  });
});

it("a message that is none is kept whole", async () => {
  const circle = new Circle({ FUNCTION_CONFIRMING: confirming });
  circle.reactions.push("nonsense", { function: "Confirming", accountNumber: "A" });
  expect(await circle.deliverReactions()).toEqual({ acked: [0, 1], retried: [] });

  expect(await parkedNow(circle)).toMatchObject([{ reason: "Not a reaction" }, { reason: "Not a reaction" }]);
});
