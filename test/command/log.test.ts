// The account's log: versions, time, snapshots, waking, time travel, and retries of the platform.

import { env, evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accountDecider } from "../../src/account/decider.ts";
import { EventLog, SNAPSHOT_EVERY_EVENTS } from "../../src/command/event-log.ts";
import { fold } from "../../src/event-sourcing/decider.ts";
import { billedRows, recordSends, rewriteLog, storageOf } from "../workerd/account-objects.ts";
import { CLEAR_DEFAULT, CREATE, MAKE_DEFAULT, request, toggles } from "../workerd/commands.ts";

beforeEach(() => {
  recordSends();
});
afterEach(() => vi.restoreAllMocks());

let logs = 0;
async function openLog(count = 0) {
  const accountNumber = `LOG-${++logs}`;
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), ...toggles(count)], false);
  return { accountNumber, log };
}

/** Made in SQL, in the shape that commands write: shorter logs vouch for the shape. It has snapshots up to version 200. */
async function openLongLog(versions: number) {
  const opened = await openLog(199);
  await storageOf(opened.accountNumber, ({ sql }) => {
    sql.exec(
      `WITH RECURSIVE versions (version) AS (SELECT 201 UNION ALL SELECT version + 1 FROM versions WHERE version < ?)
       INSERT INTO events SELECT v.version, e.type, e.schema, e.created_at, e.data, e.metadata, v.version - 1, NULL, NULL
       FROM versions AS v JOIN events AS e ON e.version = 100 + v.version % 2`,
      versions,
    );
  });
  return opened;
}

const snapshotsOf = (accountNumber: string) =>
  storageOf(accountNumber, ({ sql }) =>
    sql
      .exec<{ version: number }>("SELECT version FROM snapshots ORDER BY version")
      .toArray()
      .map((row) => row.version),
  );

describe("the log", () => {
  it("never lets time go backwards, whatever the clock does", async () => {
    const { log } = await openLog();
    const now = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(now + 10_000);
    await log.execute([request(MAKE_DEFAULT)], false);
    clock.mockReturnValue(now - 10_000);
    await log.execute([request(CLEAR_DEFAULT)], false);

    const { events } = await log.events(1, 10);
    expect(events.map(({ createdAt }) => createdAt)).toEqual([now + 10_000, now + 10_000]);
  });

  it("answers slices in order, never more than asked for", async () => {
    const { log } = await openLog(9);
    const { currentVersion, events } = await log.events(3, 4);

    expect(currentVersion).toBe(10);
    expect(events.map(({ version }) => version)).toEqual([4, 5, 6, 7]);
    expect((await log.events(10, 4)).events).toEqual([]);
  });

  it("answers 0, null and nothing for an account that does not exist", async () => {
    const log = env.ACCOUNT_LOGS.getByName("LOG-NOBODY");
    expect(await log.current()).toBeNull();
    expect(await log.events(0, 10)).toEqual({ currentVersion: 0, events: [] });
    expect(await log.atVersion(1)).toEqual({ currentVersion: 0, account: null });
    expect(await log.atTime(Date.now())).toEqual({ currentVersion: 0, account: null });
  });
});

describe("time travel", () => {
  it("gives at every version what folding the log that far gives", async () => {
    const { log } = await openLog(249);
    const { events } = await log.events(0, 500);
    for (const version of [1, 2, 99, 100, 101, 199, 200, 201, 250]) {
      const folded = fold(accountDecider.evolve, accountDecider.initialState, events.slice(0, version));
      expect(await log.atVersion(version)).toEqual({ currentVersion: 250, account: folded });
    }
    expect((await log.atVersion(251)).account).toBeNull();
    expect((await log.atVersion(0)).account).toBeNull();
  });

  it("includes the very millisecond, and the last of several events in it", async () => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(1_000);
    const { log } = await openLog();
    clock.mockReturnValue(2_000);
    await log.execute(toggles(3), false);
    clock.mockReturnValue(3_000);
    await log.execute([request(CLEAR_DEFAULT)], false);

    const versionAt = async (at: number) => (await log.atTime(at)).account?.version;
    expect(await versionAt(999)).toBeUndefined();
    expect(await versionAt(1_000)).toBe(1);
    expect(await versionAt(1_999)).toBe(1);
    expect(await versionAt(2_000)).toBe(4);
    expect(await versionAt(3_000)).toBe(5);
    expect(await versionAt(9_000)).toBe(5);
  });
});

describe("snapshots", () => {
  it("are written every hundred events, across wakings too", async () => {
    const { accountNumber, log } = await openLog(149);
    await evictDurableObject(log);
    await log.execute(toggles(60).slice(1), false);

    expect(await snapshotsOf(accountNumber)).toEqual([100, 200]);
  });

  it("of another revision of evolve are folded anew", async () => {
    const { accountNumber, log } = await openLog(120);
    const before = await log.current();
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE snapshots SET revision = 0, state = json_set(state, '$.userId', 99)");
    });
    await evictDurableObject(log);

    expect(await log.current()).toEqual(before);
  });

  it("of another revision are folded anew row by row, however many rows there are", async () => {
    const { accountNumber, log } = await openLongLog(5_000);
    await rewriteLog(accountNumber, "UPDATE snapshots SET revision = 0");
    const cursor = await storageOf(accountNumber, ({ sql }) => Object.getPrototypeOf(sql.exec("SELECT 1")));
    const toArray = vi.spyOn(cursor, "toArray");

    expect(await log.current()).toMatchObject({ version: 5_000, defaultAccount: true });
    expect(toArray.mock.results.every(({ value }) => value.length <= 10)).toBe(true);
    toArray.mockRestore();
    expect(await log.execute([request(CLEAR_DEFAULT)], false)).toMatchObject([
      { account: { version: 5_001 } },
    ]);
    expect(await snapshotsOf(accountNumber)).toContain(5_001);
  });

  it("of versions behind one that does not fold go on from there, whatever was asked of those before", async () => {
    const { accountNumber, log } = await openLog(149);
    await rewriteLog(accountNumber, "UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 50");

    await storageOf(accountNumber, (storage) => {
      expect(() => new EventLog(storage, accountNumber).atVersion(60)).toThrow("an account is created once");
    });
    // It makes the index of keys.
    expect(await log.execute([request(CLEAR_DEFAULT, "k")], false)).toMatchObject([
      { kind: "accepted", account: { version: 151 } },
    ]);
  });

  it("let a log of 100,000 events wake by reading as little as one of 100 does", async () => {
    const { accountNumber, log } = await openLongLog(100_000);
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec(
        `INSERT INTO snapshots SELECT e.version, s.revision, json_set(s.state, '$.version', e.version)
         FROM events AS e JOIN snapshots AS s ON s.version = 100 WHERE e.version > 200 AND e.version % 100 = 0`,
      );
    });
    const rowsReadOnWaking = async (number: string): Promise<number> => {
      await evictDurableObject(env.ACCOUNT_LOGS.getByName(number));
      const { objectRowsRead } = await billedRows(number, () =>
        env.ACCOUNT_LOGS.getByName(number).execute([request(CLEAR_DEFAULT)], false),
      );
      return objectRowsRead;
    };
    const short = await openLog(99);

    const [long, brief] = [
      await rowsReadOnWaking(accountNumber),
      await rowsReadOnWaking(short.accountNumber),
    ];

    expect((await log.current())?.version).toBe(100_001);
    expect(long).toBeLessThanOrEqual(brief);
    expect(long).toBeLessThan(SNAPSHOT_EVERY_EVENTS);
  });
});

it("finds keys without an index while the log is short, and makes it with the first key that is looked for after that", async () => {
  const { accountNumber, log } = await openLog(97);
  const indices = () =>
    storageOf(
      accountNumber,
      ({ sql }) =>
        sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'events_by_idempotency_key'").toArray().length,
    );
  const [command, next, last] = ["k", "next", "last"].map((key, index) =>
    request(index % 2 === 0 ? CLEAR_DEFAULT : MAKE_DEFAULT, key),
  );
  if (command === undefined || next === undefined || last === undefined) throw new Error("Three were made");

  const [first] = await log.execute([command], false);
  expect(await log.execute([command], false)).toEqual([{ ...first, replayed: true }]);
  expect(await indices()).toBe(0);

  const [second] = await log.execute([next], false);
  expect(second).toMatchObject({ account: { version: 100 }, replayed: false });
  expect(await indices()).toBe(0);
  await log.execute([last], false);
  expect(await indices()).toBe(1);
  expect(await log.execute([command, next, request(CREATE, "k")], false)).toEqual([
    { ...first, replayed: true },
    { ...second, replayed: true },
    { kind: "idempotency-key-reused" },
  ]);
});

it("finds a key that code of another version stored without making the index", async () => {
  const { accountNumber, log } = await openLog(2);
  await rewriteLog(
    accountNumber,
    `UPDATE events SET idempotency_key = 'k', request = '${JSON.stringify(MAKE_DEFAULT)}',
       metadata = json_set(metadata, '$.commandId', 'k') WHERE version = 2`,
  );

  const outcomes = await log.execute(
    [request(MAKE_DEFAULT, "k"), request(CREATE, "k"), request(MAKE_DEFAULT, "next")],
    false,
  );
  expect(outcomes).toMatchObject([
    { kind: "accepted", account: { version: 2 }, replayed: true },
    { kind: "idempotency-key-reused" },
    { kind: "accepted", account: { version: 4 }, replayed: false },
  ]);
  expect(await log.execute([request(MAKE_DEFAULT, "k"), request(MAKE_DEFAULT, "next")], false)).toMatchObject(
    [
      { account: { version: 2 }, replayed: true },
      { account: { version: 4 }, replayed: true },
    ],
  );
});

it("reads a log without keys once, for the first that comes, though that is refused and the object falls asleep", async () => {
  const { accountNumber, log } = await openLog(150);
  const rowsRead = async (key?: string) =>
    (await billedRows(accountNumber, () => log.execute([request(CREATE, key)], false))).objectRowsRead;

  expect(await rowsRead("k")).toBeGreaterThanOrEqual(150);
  expect(await rowsRead("k")).toBeLessThanOrEqual(1);
  await evictDurableObject(log);
  const waking = await rowsRead();
  await evictDurableObject(log);
  expect(await rowsRead("k")).toBeLessThanOrEqual(waking + 1);
});

it("gives a key its first reply again, also after waking on a log that does not fold", async () => {
  const { accountNumber, log } = await openLog();
  const command = request(MAKE_DEFAULT, "k");
  const [first] = await log.execute([command], false);
  await log.execute([request(CLEAR_DEFAULT)], false);
  await rewriteLog(accountNumber, "UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 3");

  expect(await log.execute([command], false)).toEqual([{ ...first, replayed: true }]);
});

describe("a call that the platform had to repeat", () => {
  it("finds what its first attempt wrote, and is no replay", async () => {
    const { log } = await openLog();
    const command = request(MAKE_DEFAULT);
    const [first] = await log.execute([command], false);
    const [second] = await log.execute([command], true);

    expect(second).toEqual(first);
    expect((await log.events(0, 10)).events).toHaveLength(2);
  });

  it("runs what its first attempt did not write", async () => {
    const { log } = await openLog();
    const [outcome] = await log.execute([request(MAKE_DEFAULT)], true);
    expect(outcome).toMatchObject({ kind: "accepted", account: { version: 2 }, replayed: false });
  });

  it("of a keyed command is no replay either, but somebody else's is", async () => {
    const { log } = await openLog();
    const command = request(MAKE_DEFAULT, "k");
    await log.execute([command], false);

    expect(await log.execute([command], true)).toMatchObject([{ replayed: false }]);
    const other = { ...command, metadata: { ...command.metadata, correlationId: "1".repeat(32) } };
    expect(await log.execute([other], true)).toMatchObject([{ replayed: true }]);
  });

  it("gives each of many the outcome that it had, the refusals too", async () => {
    const { log } = await openLog();
    const requests = [MAKE_DEFAULT, MAKE_DEFAULT, CLEAR_DEFAULT, CLEAR_DEFAULT, CREATE].map((command) =>
      request(command),
    );
    const first = await log.execute(requests, false);
    await log.execute([request(MAKE_DEFAULT)], false);

    expect(await log.execute(requests, true)).toEqual(first);
    expect(first.map(({ kind }) => kind)).toEqual(["accepted", "refused", "accepted", "refused", "refused"]);
    expect((await log.events(0, 10)).currentVersion).toBe(4);
  });

  it("marks the second use of a key within it a replay, as the first attempt did", async () => {
    const { log } = await openLog();
    const requests = [request(MAKE_DEFAULT, "k"), request(MAKE_DEFAULT, "k")];
    const first = await log.execute(requests, false);

    expect(first).toMatchObject([{ replayed: false }, { replayed: true }]);
    expect(await log.execute(requests, true)).toEqual(first);
  });

  it("does not take a keyed command's event for that of an unkeyed one", async () => {
    const { log } = await openLog();
    await log.execute([request(MAKE_DEFAULT, "k")], false);
    const unkeyed = { ...request(CLEAR_DEFAULT, "k"), keyed: false };

    expect(await log.execute([unkeyed], true)).toMatchObject([{ kind: "accepted", account: { version: 3 } }]);
  });
});
