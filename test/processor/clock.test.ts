// The clock: it ticks while anything may have got lost, and a system that rests bills nothing for it.

import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLOCK, seeToLost } from "../../src/processor/clock.ts";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import { listParked, park } from "../../src/processor/parking.ts";
import worker from "../../src/processor/worker.ts";
import { CREATE } from "../workerd/commands.ts";
import { Circle, freshNumber, functionNamed } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();

const clock = env.CLOCK.getByName(CLOCK);
const armedAt = () => runInDurableObject(clock, (_, { storage }) => storage.getAlarm());
/** Whether it was armed. */
const ticks = () => runDurableObjectAlarm(clock);

function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

beforeEach(async () => {
  vi.spyOn(console, "log").mockReturnValue();
  await runInDurableObject(clock, (_, { storage }) => storage.deleteAlarm());
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("the clock", () => {
  it("rests where nothing ever happened", async () => {
    expect(await armedAt()).toBeNull();
  });

  it("is started by a batch, and ticks a minute later, whatever comes in between", async () => {
    const circle = new Circle({});
    await circle.command(freshNumber(), CREATE);
    await circle.deliverEvents();
    const armed = await vi.waitUntil(armedAt);
    expect(armed).toBeGreaterThan(Date.now());
    later(31_000);
    await circle.command(freshNumber(), CREATE);
    await circle.deliverEvents();
    expect(await armedAt()).toBe(armed);
  });

  it("is started by whoever asks the processor to do something, and by nobody who reads", async () => {
    await worker.fetch(new Request("http://localhost/v1/operations/status"), { ...env });
    expect(await armedAt()).toBeNull();
    await worker.fetch(new Request("http://localhost/v1/operations/parked/replay", { method: "POST" }), {
      ...env,
    });
    await vi.waitUntil(armedAt);
  });

  it("stops when it has looked once more at a system in which nothing is left", async () => {
    await clock.start();
    later(59_000);
    expect(await ticks()).toBe(true);
    expect(await armedAt()).not.toBeNull();
    later(60_000);
    expect(await ticks()).toBe(true);
    expect(await armedAt()).toBeNull();
  });

  it("goes on while an event of another service is not handled", async () => {
    const { meta } = await env.OPERATIONS.prepare(
      `INSERT INTO inbox (source, id, type, event, state, correlation_id, received_at, due_at)
       VALUES ('https://users.test/', 'clock', 'user.created', '{}', 'stored', ?1, 0, 0)`,
    )
      .bind("0".repeat(32))
      .run();
    await clock.start();
    later(120_000);
    await ticks();
    expect(await armedAt()).not.toBeNull();
    await env.OPERATIONS.prepare("DELETE FROM inbox WHERE number = ?1").bind(meta.last_row_id).run();
    later(60_000);
    await ticks();
    expect(await armedAt()).toBeNull();
  });

  it("goes on while the databases do not answer, and is heard again", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    await clock.start();
    later(120_000);
    await env.OPERATIONS.exec("ALTER TABLE inbox RENAME TO lost_inbox");
    await ticks();
    expect(await armedAt()).not.toBeNull();
    await env.OPERATIONS.exec("ALTER TABLE lost_inbox RENAME TO inbox");
    later(60_000);
    await ticks();
    expect(await armedAt()).toBeNull();
  });

  it("is heard by the next who comes where it could not be started", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const broken: Partial<ProcessorEnv> = {
      CLOCK: { getByName: () => ({ start: () => Promise.reject(new Error("It does not answer")) }) },
    };
    const circle = new Circle({});
    await circle.command(freshNumber(), CREATE);
    const { acked } = await circle.deliverEvents(broken);
    expect(acked).toEqual([0]);
    await circle.command(freshNumber(), CREATE);
    await circle.deliverEvents();
    await vi.waitUntil(armedAt);
  });
});

describe("who is parked", () => {
  const parked = async () =>
    (await listParked(env.OPERATIONS)).items.map(({ accountNumber }) => accountNumber);

  it("is off the list a tick after the views went on past what it waited for, whoever brought them there", async () => {
    const circle = new Circle({});
    const [passed, waiting] = [freshNumber(), freshNumber()];
    await circle.command(passed, CREATE);
    await circle.deliverEvents();
    for (const accountNumber of [passed, waiting]) {
      const reason = { version: 1, message: "The answer to its commit was lost", settledVersion: 1 };
      await park(env.OPERATIONS, accountNumber, reason);
    }
    await clock.tick();
    expect(await parked()).toEqual([waiting]);
  });

  it("stays where only a repair can tell, whatever version the views are at", async () => {
    const circle = new Circle({});
    const accountNumber = freshNumber();
    await circle.command(accountNumber, CREATE);
    await circle.deliverEvents();
    await park(env.OPERATIONS, accountNumber, { version: 1, message: "Its log does not answer" });
    await clock.tick();
    expect(await parked()).toEqual([accountNumber]);
  });
});

it("a function that is not done keeps the clock ticking; one that is parked does not", async () => {
  const circle = new Circle({
    FUNCTION_BROKEN: functionNamed("broken", ["ACCOUNT_CREATED"], () => {
      throw new Error("Broken");
    }),
  });
  const isSettled = () => seeToLost({ ...env, ...circle.bindings() });
  await circle.command(freshNumber(), CREATE);
  await circle.deliverEvents();
  expect(await isSettled()).toBe(false);
  await circle.deliverReactions();
  later(120_000);
  expect(await isSettled()).toBe(false);
  await env.OPERATIONS.prepare("UPDATE reactions SET parked = 1 WHERE function = 'broken'").run();
  expect(await isSettled()).toBe(true);
});
