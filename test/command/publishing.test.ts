// Publishing: every event reaches the queue, whatever fails between its commit and the send.

import { env, evictDurableObject, reset, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alarmOf, billedRows, recordSends, storageOf, versionsOf } from "../workerd/account-objects.ts";
import { CREATE, request, toggles } from "../workerd/commands.ts";

beforeEach(async () => {
  // An account of an earlier test that is still publishing would send and wait where this one is watched.
  await reset();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

/** `MAX_PAUSE_MS` of the publisher. */
const LONGEST_PAUSE_MS = 200;

/** The publisher's pauses: how long each was to be, and when the one under way ends is up to the test. */
function holdPauses() {
  const wait = scheduler.wait.bind(scheduler);
  const asked: number[] = [];
  let ended = 0;
  vi.spyOn(scheduler, "wait").mockImplementation(async (ms) => {
    const number = asked.push(ms);
    while (ended < number) await wait(1);
  });
  return {
    asked,
    async end() {
      await until(() => asked.length > ended);
      ended += 1;
    },
  };
}

let objects = 0;
function newLog() {
  const accountNumber = `PUB-${++objects}`;
  return { accountNumber, log: env.ACCOUNT_LOGS.getByName(accountNumber) };
}

/** Publishing goes on after the reply: until the queue has heard so much. */
const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000 });

describe("right after the commit", () => {
  it("sends what was written, in order", async () => {
    const { sent } = recordSends();
    const { accountNumber, log } = newLog();
    const [outcome] = await log.execute([request(CREATE)], false);
    await log.execute(toggles(2), false);

    await until(() => versionsOf(sent).length === 3);
    expect(versionsOf(sent)).toEqual([1, 2, 3]);
    expect(sent.every((message) => message.accountNumber === accountNumber)).toBe(true);
    expect(outcome).toMatchObject({ events: [sent[0]?.events[0]] });
  });

  it("sends a burst in a few messages, one flight at a time", async () => {
    const { sent, sends } = recordSends();
    const record = sends.getMockImplementation();
    let inFlight = 0;
    let most = 0;
    sends.mockImplementation(async (messages) => {
      most = Math.max(most, ++inFlight);
      await scheduler.wait(20);
      await record?.(messages);
      inFlight -= 1;
    });
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    await Promise.all(toggles(200).map((toggle) => log.execute([toggle], false)));

    await until(() => versionsOf(sent).length === 201);
    expect(versionsOf(sent)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
    expect(sent.length).toBeLessThan(10);
    expect(most).toBe(1);
  });

  it("waits for nothing where the account was at rest", async () => {
    const { sent } = recordSends();
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    await until(() => versionsOf(sent).length === 1);
    await scheduler.wait(LONGEST_PAUSE_MS);
    const pauses = vi.spyOn(scheduler, "wait");
    await log.execute(toggles(1), false);
    await until(() => versionsOf(sent).length === 2);
    expect(pauses).not.toHaveBeenCalled();
  });

  it("waits between two sends of a burst, the longer the more the first carried, and acknowledges meanwhile", async () => {
    const { sent } = recordSends();
    const pauses = holdPauses();
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    await until(() => versionsOf(sent).length === 1);
    for (const count of [6, 50, 2]) {
      for (const toggle of toggles(count)) {
        expect(await log.execute([toggle], false)).toMatchObject([{ kind: "accepted" }]);
      }
      const sends = sent.length;
      await pauses.end();
      await until(() => sent.length > sends);
    }
    expect(sent.map(({ events }) => events.length)).toEqual([1, 6, 50, 2]);
    expect(pauses.asked).toEqual([10, 60, LONGEST_PAUSE_MS]);
  });

  it("reads nothing back from the log", async () => {
    const { sent } = recordSends();
    const { accountNumber, log } = newLog();
    await log.execute([request(CREATE)], false);
    await until(() => versionsOf(sent).length === 1);
    const { objectRowsRead } = await billedRows(accountNumber, async () => {
      for (const toggle of toggles(3)) await log.execute([toggle], false);
      await until(() => versionsOf(sent).length === 4);
    });
    // SQLite reads one row for each that is inserted.
    expect(objectRowsRead).toBe(3);
  });

  it("sends each event once, in order, where more wait than are kept in memory", async () => {
    const { sent, sends } = recordSends();
    const record = sends.getMockImplementation();
    let isOpen = false;
    sends.mockImplementation(async (messages) => {
      while (!isOpen) await scheduler.wait(1);
      await record?.(messages);
    });
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    for (let round = 0; round < 3; round++) await log.execute(toggles(300), false);
    isOpen = true;

    await until(() => versionsOf(sent).length >= 901);
    expect(versionsOf(sent)).toEqual(Array.from({ length: 901 }, (_, index) => index + 1));
  });

  it("cuts messages so that each is billed as one", async () => {
    const { sent, sends } = recordSends();
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    const long = toggles(500).map((toggle) => ({
      ...toggle,
      metadata: { ...toggle.metadata, actor: "a".repeat(1000) },
    }));
    await log.execute(long, false);

    await until(() => versionsOf(sent).length === 501);
    for (const message of sent) {
      expect(new TextEncoder().encode(JSON.stringify(message)).byteLength).toBeLessThan(64 * 1024);
    }
    expect(sent.length).toBeLessThan(20);
    for (const [messages] of sends.mock.calls) {
      expect(JSON.stringify(messages).length).toBeLessThan(256 * 1024);
    }
  });
});

describe("when a send fails", () => {
  it("has acknowledged all the same, and the alarm sends it", async () => {
    const { sent, sends } = recordSends();
    const { accountNumber, log } = newLog();
    sends.mockRejectedValueOnce(new Error("Unknown Internal Error (15000)"));
    const [outcome] = await log.execute([request(CREATE)], false);

    expect(outcome?.kind).toBe("accepted");
    expect(await alarmOf(accountNumber)).not.toBeNull();
    expect(sent).toEqual([]);
    await runDurableObjectAlarm(log);
    expect(versionsOf(sent)).toEqual([1]);
    expect(await alarmOf(accountNumber)).toBeNull();
  });

  it("goes on from where it had come with the next command", async () => {
    const { sent, sends } = recordSends();
    const { log } = newLog();
    sends.mockRejectedValueOnce(new Error("overloaded"));
    await log.execute([request(CREATE)], false);
    await log.execute(toggles(1), false);

    await until(() => versionsOf(sent).length === 2);
    expect(versionsOf(sent)).toEqual([1, 2]);
  });

  it("never lets the alarm throw or go out, and waits longer each time, up to a minute", async () => {
    const { sent, sends } = recordSends();
    const record = sends.getMockImplementation() ?? (async () => {});
    const { accountNumber, log } = newLog();
    sends.mockRejectedValue(new Error("overloaded"));
    await log.execute([request(CREATE)], false);

    const delays: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const now = Date.now();
      expect(await runDurableObjectAlarm(log)).toBe(true);
      delays.push(Math.round(((await alarmOf(accountNumber)) ?? 0) - now));
    }
    expect(delays.map((delay) => Math.round(delay / 1000))).toEqual([10, 20, 40, 60, 60, 60, 60, 60]);

    sends.mockImplementation(record);
    await runDurableObjectAlarm(log);
    expect(versionsOf(sent)).toEqual([1]);

    sends.mockRejectedValue(new Error("overloaded"));
    await log.execute(toggles(1), false);
    const now = Date.now();
    await runDurableObjectAlarm(log);
    expect(Math.round(((await alarmOf(accountNumber)) ?? 0) - now) / 1000).toBeCloseTo(10, 0);
  });
});

describe("when the object is gone between commit and publish", () => {
  async function committedOnly() {
    const { sends } = recordSends();
    sends.mockRejectedValue(new Error("gone"));
    const made = newLog();
    await made.log.execute([request(CREATE)], false);
    await made.log.execute(toggles(2), false);
    await until(() => sends.mock.calls.length >= 2);
    await evictDurableObject(made.log);
    vi.restoreAllMocks();
    return made;
  }

  it("publishes when the alarm wakes it", async () => {
    const { accountNumber, log } = await committedOnly();
    const { sent } = recordSends();

    expect(await runDurableObjectAlarm(log)).toBe(true);

    expect(versionsOf(sent)).toEqual([1, 2, 3]);
    expect(await alarmOf(accountNumber)).toBeNull();
  });

  it("publishes when a command wakes it", async () => {
    const { log } = await committedOnly();
    const { sent } = recordSends();
    await log.execute(toggles(1), false);

    await until(() => versionsOf(sent).length === 4);
    expect(versionsOf(sent)).toEqual([1, 2, 3, 4]);
  });

  it("publishes all the same when its log does not fold", async () => {
    const { accountNumber, log } = await committedOnly();
    await storageOf(accountNumber, (storage) => {
      storage.sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 2");
    });
    const { sent } = recordSends();
    await runDurableObjectAlarm(log);

    expect(versionsOf(sent)).toEqual([1, 2, 3]);
  });
});

describe("when the object wakes", () => {
  it("sends nothing twice where no alarm is armed: all was published", async () => {
    const { sent, sends } = recordSends();
    const { accountNumber, log } = newLog();
    await log.execute([request(CREATE)], false);
    await log.execute(toggles(2), false);
    await until(() => versionsOf(sent).length === 3);
    await runDurableObjectAlarm(log);
    expect(await alarmOf(accountNumber)).toBeNull();
    sends.mockClear();
    await evictDurableObject(log);

    await log.execute(toggles(1), false);

    await until(() => sends.mock.calls.length === 1);
    expect(versionsOf(sent)).toEqual([1, 2, 3, 4]);
  });

  it("by several commands at once sends each event, and none twice", async () => {
    const { sent } = recordSends();
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    await until(() => versionsOf(sent).length === 1);
    await runDurableObjectAlarm(log);
    await evictDurableObject(log);
    sent.length = 0;
    await Promise.all(toggles(20).map((toggle) => log.execute([toggle], false)));

    await until(() => versionsOf(sent).length >= 20);
    expect(versionsOf(sent)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });

  it("sends again only what came after the newest row's mark, where an alarm is still armed", async () => {
    const { sent } = recordSends();
    const { log } = newLog();
    await log.execute([request(CREATE)], false);
    for (let count = 2; count <= 50; count++) {
      await log.execute(toggles(50).slice(count - 2, count - 1), false);
      await until(() => versionsOf(sent).length === count);
    }
    await evictDurableObject(log);
    sent.length = 0;
    await runDurableObjectAlarm(log);

    expect(versionsOf(sent)).toEqual([50]);
  });

  it("arms one alarm for a whole burst", async () => {
    recordSends();
    const { accountNumber, log } = newLog();
    await log.execute([request(CREATE)], false);
    const armed = await alarmOf(accountNumber);
    await log.execute(toggles(100), false);
    expect(await alarmOf(accountNumber)).toBe(armed);
  });
});
