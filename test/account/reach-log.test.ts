// Reaching a log's owner: what is asked again, and what is not.

import { describe, expect, it } from "vitest";
import type { AccountLog } from "../../src/account/account-log.ts";
import { LogUnavailable, reachLog, readLog } from "../../src/account/reach-log.ts";
import { recorded } from "./given.ts";

const LOG: AccountLog = {
  execute: async () => [],
  current: async () => null,
  atVersion: async () => ({ currentVersion: 0, account: null }),
  atTime: async () => ({ currentVersion: 0, account: null }),
  events: async () => ({ currentVersion: 0, events: [] }),
};

/** As it was written before ACCOUNT_CREATED always named the flag. */
const EVENTS_OF_OLD = recorded([{ type: "ACCOUNT_CREATED", data: { userId: 7 } }]).map((event) => ({
  ...event,
  schema: 1,
}));

/** Calls that fail so often, with such flags; answers how the calls went. */
async function reach(
  failures: number,
  flags: object,
): Promise<{ retrying: boolean[]; stubs: number; failed: boolean }> {
  const retrying: boolean[] = [];
  let stubs = 0;
  const logs = {
    getByName: () => {
      stubs += 1;
      return LOG;
    },
  };
  const failed = await reachLog(logs, "1", async (_, again) => {
    retrying.push(again);
    if (retrying.length <= failures) throw Object.assign(new Error("reset"), flags);
  }).then(
    () => false,
    (error) => {
      expect(error).toBeInstanceOf(LogUnavailable);
      return true;
    },
  );
  return { retrying, stubs, failed };
}

describe("a log's owner that fails", () => {
  it.each([{ retryable: true }, { durableObjectReset: true }])(
    "with %j is asked again on a fresh stub, which is told so",
    async (flags) => {
      expect(await reach(0, flags)).toEqual({ retrying: [false], stubs: 1, failed: false });
      expect(await reach(2, flags)).toEqual({ retrying: [false, true, true], stubs: 3, failed: false });
      expect(await reach(3, flags)).toEqual({ retrying: [false, true, true], stubs: 3, failed: true });
    },
  );

  it.each([{}, { retryable: false }, { retryable: true, overloaded: true }, { overloaded: true }])(
    "with %j is left alone",
    async (flags) => {
      expect(await reach(1, flags)).toEqual({ retrying: [false], stubs: 1, failed: true });
    },
  );
});

it("a log whose owner runs older code is read in today's shapes", async () => {
  const [created] = EVENTS_OF_OLD;
  const logs = {
    getByName: () => ({ ...LOG, events: async () => ({ currentVersion: 1, events: EVENTS_OF_OLD }) }),
  };
  const { events } = await readLog(logs, "1", 0, 10);
  expect(events).toEqual([{ ...created, schema: 2, data: { userId: 7, defaultAccount: false } }]);
});

it("a log with an event that its upcaster can't read is one that can't be read", async () => {
  const events = EVENTS_OF_OLD.map((event) => ({ ...event, data: JSON.parse("null") }));
  const logs = { getByName: () => ({ ...LOG, events: async () => ({ currentVersion: 1, events }) }) };
  const failure = await readLog(logs, "1", 0, 10).catch((error) => error);
  expect(failure).toBeInstanceOf(LogUnavailable);
  expect(failure.message).toBe("The log of account 1 can't be read");
});
