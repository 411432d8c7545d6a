// Projecting: at every moment, a view is the fold of its log.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountLogs } from "../../src/account/account-log.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { listParked } from "../../src/processor/parking.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { readStatusTotals } from "../../src/views/status-totals.ts";
import { storageOf } from "../workerd/account-objects.ts";
import { request } from "../workerd/commands.ts";
import { account, each, expectProjected, feedIds, message } from "../workerd/projecting.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

/** One whose event of that version no code can apply: an account is created once. */
async function poisonedAccount(count: number, version: number) {
  const made = await account(count);
  await storageOf(made.accountNumber, ({ sql }) => {
    sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = ?", version);
  });
  const log = env.ACCOUNT_LOGS.getByName(made.accountNumber);
  return { ...made, events: [...(await log.events(0, 500)).events] };
}

const parkedNow = async () => (await listParked(env.OPERATIONS)).items;

/** A generator with a seed (mulberry32), so that what failed can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<Item>(items: readonly Item[], next: () => number): Item[] {
  return items
    .map((item) => ({ item, key: next() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

describe("a batch", () => {
  it("brings the views to where the logs are, and is acknowledged", async () => {
    const [one, other] = [await account(3), await account(2)];
    const delivered = await deliver([message(one.events), ...each(other.events)]);

    expect(delivered).toEqual({ acked: [0, 1, 2], retried: [] });
    await expectProjected(one.accountNumber);
    await expectProjected(other.accountNumber);
    expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(2);
  });

  it("that came before changes nothing", async () => {
    const { accountNumber, events } = await account(3);
    await deliver([message(events)]);
    const delivered = await deliver([message(events), message(events.slice(0, 1))]);

    expect(delivered.acked).toEqual([0, 1]);
    await expectProjected(accountNumber);
    expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(1);
  });

  it("with a gap is completed from the log", async () => {
    const { accountNumber, events } = await account(700);
    await deliver([message(events.slice(0, 2)), message(events.slice(650, 652)), message(events.slice(698))]);

    await expectProjected(accountNumber);
  });

  it("beyond what one round holds is projected all the same", { timeout: 30_000 }, async () => {
    const { accountNumber, events } = await account(12_000);
    await deliver([message(events.slice(-1))]);

    expect((await readAccount(views, accountNumber))?.version).toBe(12_000);
    expect((await feedIds()).length).toBe(12_000);
  });

  it("moves the totals by the difference", async () => {
    const { accountNumber, events } = await account(1);
    await deliver([message(events)]);
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    await log.execute([request({ type: "confirm" }), request({ type: "activate" })], false);
    await deliver([message([...(await log.events(1, 10)).events])]);

    expect(await readStatusTotals(views)).toMatchObject({
      ACCOUNT_PENDING: 0,
      ACCOUNT_CONFIRMED: 0,
      ACCOUNT_ACTIVE: 1,
    });
  });
});

describe("consumers at once", () => {
  it("project the same events once", async () => {
    const { accountNumber, events } = await account(40);
    const results = await Promise.all(Array.from({ length: 8 }, () => deliver(each(events))));

    expect(results.every(({ retried }) => retried.length === 0)).toBe(true);
    await expectProjected(accountNumber);
    expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(1);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "get messages shuffled, doubled, split over batches, one range withheld (seed %i)",
    async (seed) => {
      const next = random(seed);
      const made = await Promise.all(Array.from({ length: 6 }, () => account(30)));
      const withheld = made[0]?.events.slice(10, 20).map(({ id }) => id) ?? [];
      const messages = made
        .flatMap(({ events }) => {
          const cut = 1 + Math.floor(next() * 28);
          return [...each(events.slice(0, cut)), message(events.slice(cut)), ...each(events)];
        })
        .filter((sent) => !sent.events.some(({ id }) => withheld.includes(id)));
      const inOrder = shuffled(messages, next);
      const batches = Array.from({ length: 7 }, (_, batch) =>
        inOrder.filter((_, index) => index % 7 === batch),
      );

      await Promise.all(batches.map((batch) => deliver(batch)));

      for (const { accountNumber } of made) await expectProjected(accountNumber);
      const ids = await feedIds();
      expect(new Set(ids).size).toBe(ids.length);
      expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(6);
    },
  );
});

describe("what can't be projected", () => {
  it("because it is no message is kept whole, and stops nobody else", async () => {
    const { accountNumber, events } = await account(2);
    const unreadable = [
      "nonsense",
      null,
      { accountNumber: "OTHER", events },
      { accountNumber: "BROKEN", events: [{ ...events[0], version: "1" }] },
    ];
    const delivered = await deliver([...unreadable, message(events)]);

    expect(delivered).toEqual({ acked: [0, 1, 2, 3, 4], retried: [] });
    await expectProjected(accountNumber);
    const { results } = await env.OPERATIONS.prepare(
      "SELECT account_number, body FROM unreadable_messages ORDER BY id",
    ).all<{ account_number: string | null; body: string }>();
    expect(results.map(({ body }) => JSON.parse(body))).toEqual(unreadable);
    expect(results.map((row) => row.account_number)).toEqual([null, null, "OTHER", "BROKEN"]);
  });

  it("because it says something else than the log is settled by the log", async () => {
    const { accountNumber, events } = await account(2);
    const [created, changed] = events;
    if (created === undefined || changed === undefined) throw new Error("two events");
    const delivered = await deliver([message([{ ...created, data: { userId: "none" } }, changed])]);

    expect(delivered).toEqual({ acked: [0], retried: [] });
    await expectProjected(accountNumber);
  });

  it("because its log does not fold is parked alone, with the views as far as it does", async () => {
    const [good, bad] = [await account(2), await poisonedAccount(5, 3)];
    const delivered = await deliver([message(bad.events), message(good.events)]);

    expect(delivered).toEqual({ acked: [0, 1], retried: [] });
    await expectProjected(good.accountNumber);
    expect(await readAccount(views, bad.accountNumber)).toMatchObject({ version: 2 });
    expect(await parkedNow()).toMatchObject([
      {
        accountNumber: bad.accountNumber,
        version: 3,
        reason: `${bad.accountNumber}:3: an account is created once`,
        attempts: 1,
      },
    ]);
  });

  /** The log as an owner gives it whose code is older than the processor's. */
  const older = (accountNumber: string, broken: readonly RecordedAccountEvent[]): AccountLogs => ({
    getByName: (name) => {
      const log = env.ACCOUNT_LOGS.getByName(name);
      if (name !== accountNumber) return log;
      return { ...log, events: async () => ({ currentVersion: broken.length, events: [...broken] }) };
    },
  });

  it.each(["the owner's", "the processor's"])(
    "because an upcaster, %s, can't read a stored event is parked alone, and goes on being tried",
    async (whose) => {
      const [good, bad] = [await account(2), await account(3)];
      const store = (data: string | null, schema: number) =>
        storageOf(bad.accountNumber, ({ sql }) => {
          sql.exec("UPDATE events SET data = coalesce(?, data), schema = ? WHERE version = 1", data, schema);
        });
      const broken = bad.events.map((event) =>
        event.version === 1 ? { ...event, schema: 1, data: JSON.parse("null") } : event,
      );
      const changed = whose === "the processor's" ? { ACCOUNT_LOGS: older(bad.accountNumber, broken) } : {};
      if (whose === "the owner's") await store("null", 1);
      const messages = [message(bad.events.slice(2)), message(good.events)];
      const deliverAt = (attempt: number) => deliver(messages, views, "account-events", changed, attempt);

      expect(await deliverAt(1)).toEqual({ acked: [1], retried: [0] });
      await expectProjected(good.accountNumber);
      expect(await readAccount(views, bad.accountNumber)).toBeNull();
      expect(await deliverAt(5)).toEqual({ acked: [1], retried: [0] });
      expect(await parkedNow()).toMatchObject([{ accountNumber: bad.accountNumber, version: 3 }]);

      await store(JSON.stringify({ userId: 1 }), 1);
      expect(await deliver(messages)).toEqual({ acked: [0, 1], retried: [] });
      expect(await parkedNow()).toEqual([]);
      await expectProjected(bad.accountNumber);
    },
  );

  it("because the directory can't be written waits, while accounts that are in it go on", async () => {
    const [known, unknown] = [await account(3), await account(2)];
    await deliver([message(known.events.slice(0, 1))]);
    await env.OPERATIONS.exec("ALTER TABLE directory RENAME TO directory_away");
    const delivered = await deliver([message(unknown.events), message(known.events.slice(1))]);
    await env.OPERATIONS.exec("ALTER TABLE directory_away RENAME TO directory");

    expect(delivered).toEqual({ acked: [1], retried: [0] });
    await expectProjected(known.accountNumber);
    expect(await readAccount(views, unknown.accountNumber)).toBeNull();
    expect(await deliver([message(unknown.events)])).toEqual({ acked: [0], retried: [] });
    await expectProjected(unknown.accountNumber);
  });

  it("because its whole database is down waits, and accounts in the views go on all the same", async () => {
    const [known, unknown] = [await account(3), await account(2)];
    await deliver([message(known.events.slice(0, 1))]);
    const OPERATIONS: D1Database = Object.assign(Object.create(env.OPERATIONS), {
      prepare: () => env.OPERATIONS.prepare("SELECT 1 FROM no_such_table"),
      batch: () => Promise.reject(new Error("D1_ERROR: overloaded")),
    });
    const messages = [message(unknown.events), message(known.events.slice(1))];
    const delivered = await deliver(messages, views, "account-events", { OPERATIONS });

    expect(delivered).toEqual({ acked: [1], retried: [0] });
    await expectProjected(known.accountNumber);
    expect(await readAccount(views, unknown.accountNumber)).toBeNull();
    expect(await deliver(messages)).toEqual({ acked: [0, 1], retried: [] });
    await expectProjected(known.accountNumber);
    await expectProjected(unknown.accountNumber);
  });

  it("because the database refuses it is parked alone", async () => {
    const [good, bad] = [await account(2), await account(2)];
    await views
      .prepare(
        `CREATE TRIGGER poison BEFORE INSERT ON accounts WHEN new.account_number = '${bad.accountNumber}'
         BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: poison'); END`,
      )
      .run();
    const delivered = await deliver([message(bad.events), message(good.events)]);
    await views.exec("DROP TRIGGER poison");

    expect(delivered).toEqual({ acked: [0, 1], retried: [] });
    await expectProjected(good.accountNumber);
    expect(await parkedNow()).toMatchObject([{ accountNumber: bad.accountNumber, version: 1 }]);
    expect((await parkedNow())[0]?.reason).toContain("poison");
  });

  it("because the log lacks what came is parked", async () => {
    const { accountNumber, events } = await account(1);
    const [created] = events;
    if (created === undefined) throw new Error("an event");
    const invented = { ...created, version: 5, id: `${created.accountNumber}:5` };

    expect(await deliver([message([invented])])).toEqual({ acked: [0], retried: [] });
    await expectProjected(accountNumber);
    expect(await parkedNow()).toMatchObject([
      { accountNumber, version: 5, reason: "The log ends at version 1" },
    ]);
  });

  it("is projected with the account's next event, once it can be", async () => {
    const { accountNumber, events } = await poisonedAccount(4, 2);
    await deliver([message(events)]);
    await deliver([message(events)]);
    expect(await parkedNow()).toMatchObject([{ attempts: 2 }]);

    await storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_MADE_DEFAULT' WHERE version = 2");
    });
    await deliver([message(events.slice(-1))]);

    expect(await parkedNow()).toEqual([]);
    await expectProjected(accountNumber);
  });

  it("because a row is not one that this code would write is made anew", async () => {
    const [one, other] = [await account(3), await account(3)];
    await deliver([message(one.events.slice(0, 2)), message(other.events.slice(0, 2))]);
    await views.exec(
      `UPDATE accounts SET status = 'ACCOUNT_LOST' WHERE account_number = '${one.accountNumber}'`,
    );
    await views.exec(
      `UPDATE accounts SET projection = 0, user_id = 99 WHERE account_number = '${other.accountNumber}'`,
    );
    await deliver([message(one.events.slice(2)), message(other.events.slice(2))]);

    await expectProjected(one.accountNumber);
    await expectProjected(other.accountNumber);
  });

  it("because the views fail before the commit comes again, and is projected once", async () => {
    const { accountNumber, events } = await account(3);
    const failing: D1Database = Object.assign(Object.create(views), {
      prepare: (query: string) => views.prepare(query),
      batch: () => Promise.reject(new Error("D1_ERROR: overloaded")),
    });
    expect(await deliver([message(events)], failing)).toEqual({ acked: [], retried: [0] });
    await deliver([message(events)]);
    await expectProjected(accountNumber);
  });

  it("because the answer to the commit is lost comes again, and is projected once", async () => {
    const { accountNumber, events } = await account(3);
    const failing: D1Database = Object.assign(Object.create(views), {
      prepare: (query: string) => views.prepare(query),
      batch: async (statements: D1PreparedStatement[]) => {
        await views.batch(statements);
        throw new Error("D1_ERROR: connection lost");
      },
    });
    expect(await deliver([message(events)], failing)).toEqual({ acked: [], retried: [0] });
    await deliver([message(events)]);
    await expectProjected(accountNumber);
    expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(1);
  });
});

it("an event of a type that this code does not know moves the version, and is kept in the feed", async () => {
  const { accountNumber, events } = await account(3);
  const renamed = events.map((event) => (event.version === 2 ? { ...event, type: "ACCOUNT_TAGGED" } : event));
  await deliver([message(renamed)]);

  expect(await readAccount(views, accountNumber)).toMatchObject({ version: 3, defaultAccount: false });
  const { events: tagged } = await readFeed(views, 0, { types: ["ACCOUNT_TAGGED"] }, 10);
  expect(tagged.map(({ event }) => event.id)).toEqual([`${accountNumber}:2`]);
});
