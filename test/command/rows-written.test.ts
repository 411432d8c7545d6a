// What a command costs, in rows that the platform bills: SQL rows written, and alarms set.

import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { billedRows } from "../workerd/account-objects.ts";
import { CLEAR_DEFAULT, CREATE, request, toggles } from "../workerd/commands.ts";

async function rowsWritten(accountNumber: string, run: () => Promise<unknown>): Promise<number> {
  return (await billedRows(accountNumber, run)).objectRowsWritten;
}

async function openIdle(accountNumber: string, key?: string) {
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE, key)], false);
  // What publishing does is done, and no alarm is armed: the account is idle.
  await runInDurableObject(log, async (object: DurableObject) => {
    await object.alarm?.();
    await Reflect.get(object, "ctx").storage.deleteAlarm();
  });
  return log;
}

it("counts what it says it counts", async () => {
  const log = await openIdle("ROWS-0");
  const rows = await rowsWritten("ROWS-0", () =>
    runInDurableObject(log, (_, { storage }) => {
      storage.sql.exec("CREATE TABLE counted (one INTEGER PRIMARY KEY)");
      storage.sql.exec("INSERT INTO counted VALUES (7), (8)");
      return storage.setAlarm(Date.now() + 60_000);
    }),
  );
  expect(rows).toBe(2 + 2 + 1);
});

it("opening an account costs 2 rows for its table, beside what any command costs", async () => {
  const log = env.ACCOUNT_LOGS.getByName("ROWS-NEW");
  expect(await rowsWritten("ROWS-NEW", () => log.execute([request(CREATE)], false))).toBe(2 + 2);
});

it("opening an account with a key costs no more", async () => {
  const log = env.ACCOUNT_LOGS.getByName("ROWS-KEY");
  expect(await rowsWritten("ROWS-KEY", () => log.execute([request(CREATE, "k")], false))).toBe(2 + 2);
});

it("a command without a key costs an idle account 2 rows: its event and the alarm", async () => {
  const log = await openIdle("ROWS-1");
  expect(await rowsWritten("ROWS-1", () => log.execute(toggles(1), false))).toBe(2);
});

it("a command with a key costs an idle account no more, while its log is short", async () => {
  const log = await openIdle("ROWS-2", "k0");
  expect(
    await rowsWritten("ROWS-2", () =>
      log.execute(
        toggles(1, () => "k"),
        false,
      ),
    ),
  ).toBe(2);
});

it("a command with a key costs a row more, that of the keys' index, from the hundredth event on", async () => {
  const log = await openIdle("ROWS-LONG");
  const keyed = (count: number, name: string) =>
    log.execute(
      toggles(count, (index) => `${name}${index}`),
      false,
    );
  await keyed(98, "early");
  await log.execute(toggles(1), false);
  await log.execute([request(CLEAR_DEFAULT)], false);
  // The index itself, and the keys that there are by then.
  expect(await rowsWritten("ROWS-LONG", () => keyed(1, "first"))).toBe(2 + 1 + 98);
  await log.execute([request(CLEAR_DEFAULT)], false);
  expect(await rowsWritten("ROWS-LONG", () => keyed(2, "later"))).toBe(2 * 2);
});

it("a burst of 100 keyed commands costs at most 2.2 rows each, publishing and snapshot included", async () => {
  const log = await openIdle("ROWS-3");
  const rows = await rowsWritten("ROWS-3", async () => {
    const outcomes = await Promise.all(
      toggles(100, (index) => `k${index}`).map((toggle) => log.execute([toggle], false)),
    );
    expect(outcomes.flat().every(({ kind }) => kind === "accepted")).toBe(true);
  });
  // With them the log becomes long enough for the keys' index. 3 of them for that and for the snapshots' table.
  expect(rows).toBe(202 + 3);
});

it("a burst of 100 commands without keys costs about one row each", async () => {
  const log = await openIdle("ROWS-4");
  const rows = await rowsWritten("ROWS-4", () =>
    Promise.all(toggles(100).map((toggle) => log.execute([toggle], false))),
  );
  // 2 of them once in the account's life, for the snapshots' table.
  expect(rows).toBe(102 + 2);
});

it("a replay, a refusal and a reused key cost nothing", async () => {
  const log = await openIdle("ROWS-5");
  await log.execute(
    toggles(1, () => "k"),
    false,
  );
  const rows = await rowsWritten("ROWS-5", async () => {
    const outcomes = await log.execute(
      [...toggles(1, () => "k"), request(CREATE), request({ type: "close" }, "k")],
      false,
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(["accepted", "refused", "idempotency-key-reused"]);
  });
  expect(rows).toBe(0);
});
