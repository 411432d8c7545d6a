// What projecting costs, in rows that D1 bills.

import { env } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { event, recorded } from "../account/given.ts";
import { CREATE } from "../workerd/commands.ts";
import { deliver, deliverTo } from "../workerd/queue.ts";
import { Circle, freshNumber, functionNamed } from "../workerd/reacting.ts";
import { billedDatabaseRows, useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();
afterEach(() => vi.restoreAllMocks());

/** Rows that D1 says it wrote in the views while the messages were projected. `meanwhile`: what happens before the first write. */
async function rowsWritten(
  messages: readonly { events: readonly RecordedAccountEvent[] }[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<number> {
  let rows = 0;
  let writes = 0;
  const counting: D1Database = Object.assign(Object.create(views), {
    prepare: (query: string) => views.prepare(query),
    batch: async (statements: D1PreparedStatement[]) => {
      if (writes++ === 0) await meanwhile();
      const results = await views.batch(statements);
      for (const { meta } of results) rows += meta.rows_written;
      return results;
    },
  });
  const bodies = messages.map(({ events }) => ({ accountNumber: events[0]?.accountNumber, events }));
  const { retried } = await deliver(bodies, counting);
  expect(retried).toEqual([]);
  return rows;
}

const life = recorded([
  event.created(),
  event.confirmed,
  event.activated,
  event.madeDefault,
  event.defaultCleared,
  event.suspended,
  event.activated,
]);

it("5 rows for a new account: its row, three index entries, and the feed's chunk, which has the totals", async () => {
  expect(await rowsWritten([{ events: life.slice(0, 1) }])).toBe(5);
});

it("3 rows for a change of status: the row, its index entry, the chunk", async () => {
  await rowsWritten([{ events: life.slice(0, 1) }]);
  expect(await rowsWritten([{ events: life.slice(1, 2) }])).toBe(3);
});

it("2 rows where an account becomes active, which no index shows", async () => {
  await rowsWritten([{ events: life.slice(0, 2) }]);
  expect(await rowsWritten([{ events: life.slice(2, 3) }])).toBe(2);
});

it("2 rows for a change of the default flag: the row and the chunk", async () => {
  await rowsWritten([{ events: life.slice(0, 3) }]);
  expect(await rowsWritten([{ events: life.slice(3, 4) }])).toBe(2);
  expect(await rowsWritten([{ events: life.slice(4, 5) }])).toBe(2);
});

it("4 rows for a whole life of 7 events in one batch", async () => {
  expect(await rowsWritten([{ events: life }])).toBe(4);
});

it("one chunk for all accounts of a batch: 41 rows for the lives of 10 accounts, but for the status of each", async () => {
  const lives = Array.from({ length: 10 }, (_, index) =>
    life.map((one) => ({ ...one, accountNumber: `L-${index}`, id: `L-${index}:${one.version}` })),
  );
  expect(await rowsWritten(lives.map((events) => ({ events })))).toBe(31);
});

it("reads as little behind a long feed as behind a short one", async () => {
  const read = async (number: number): Promise<number> => {
    const accountNumber = `R-${number}`;
    const events = life.slice(0, 1).map((one) => ({ ...one, accountNumber, id: `${accountNumber}:1` }));
    return (await billedDatabaseRows(() => deliver([{ accountNumber, events }]))).databaseRowsRead;
  };
  await read(0);
  const first = await read(1);
  for (let number = 2; number < 50; number++) await read(number);
  expect(await read(50)).toBe(first);
});

it("one round trip where this isolate wrote the accounts' rows; two where another did, or the account is new", async () => {
  const statement = Object.getPrototypeOf(views.prepare("SELECT 1"));
  const asked = (["all", "first", "run", "raw"] as const).map((method) => vi.spyOn(statement, method));
  const batch = vi.spyOn(Object.getPrototypeOf(views), "batch");
  const [one, other] = [{ ...env }, { ...env }];
  const roundTrips = async (isolate: typeof env, from: number, to: number): Promise<number> => {
    for (const spy of [...asked, batch]) spy.mockClear();
    await deliverTo(isolate, [{ accountNumber: life[0]?.accountNumber, events: life.slice(from, to) }]);
    return [...asked, batch].reduce((sum, { mock }) => sum + mock.calls.length, 0);
  };
  // The directory's, too.
  expect(await roundTrips(one, 0, 1)).toBe(2);
  // Again: read, not written in vain.
  expect(await roundTrips(one, 0, 1)).toBe(2);
  expect(batch).not.toHaveBeenCalled();
  expect(await roundTrips(one, 1, 3)).toBe(1);
  expect(await roundTrips(other, 3, 4)).toBe(2);
  expect(await roundTrips(one, 4, 5)).toBe(2);
  expect(await roundTrips(one, 5, 7)).toBe(1);
});

it("one chunk for the others where another consumer has brought one of ten accounts in: 10 rows", async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => `M-${index}`);
  const of = (accountNumber: string, after: number, upTo: number) => ({
    events: life
      .slice(after, upTo)
      .map((one) => ({ ...one, accountNumber, id: `${accountNumber}:${one.version}` })),
  });
  await rowsWritten(numbers.map((accountNumber) => of(accountNumber, 0, 3)));
  const ahead = { accountNumber: "M-3", ...of("M-3", 3, 4) };
  const rows = await rowsWritten(
    numbers.map((accountNumber) => of(accountNumber, 3, 4)),
    () => deliver([ahead]),
  );
  expect(rows).toBe(10);
  expect(await views.prepare("SELECT count(*) AS count FROM feed_chunks").first("count")).toBe(3);
  expect(await views.prepare("SELECT sum(version) AS sum FROM accounts").first("sum")).toBe(40);
});

it("nothing for what came before", async () => {
  await rowsWritten([{ events: life }]);
  expect(await rowsWritten([{ events: life }, { events: life.slice(2, 4) }])).toBe(0);
});

it("3 rows for a reaction: the lease, the position, and the count, one for all of a batch", async () => {
  const silent = functionNamed("silent", ["ACCOUNT_CREATED"], () => ({ commands: [] }));
  const circle = new Circle({ FUNCTION_SILENT: silent });
  const react = async (accounts: number): Promise<number> => {
    for (let account = 0; account < accounts; account++) await circle.command(freshNumber(), CREATE);
    await circle.deliverEvents();
    let rows = 0;
    const counting = countingDatabase(env.OPERATIONS, (written) => {
      rows += written;
    });
    await circle.deliverReactions({ OPERATIONS: counting });
    return rows;
  };
  expect(await react(1)).toBe(3);
  expect(await react(10)).toBe(21);
});

/** Tells of each statement that is run by itself how many rows it wrote. */
function countingDatabase(database: D1Database, count: (rowsWritten: number) => void): D1Database {
  const counting = (statement: D1PreparedStatement): D1PreparedStatement =>
    Object.assign(Object.create(statement), {
      bind: (...values: unknown[]) => counting(statement.bind(...values)),
      run: async () => {
        const result = await statement.run();
        count(result.meta.rows_written);
        return result;
      },
      first: async () => {
        const { meta, results } = await statement.all();
        count(meta.rows_written);
        return results[0] ?? null;
      },
    });
  return Object.assign(Object.create(database), {
    prepare: (query: string) => counting(database.prepare(query)),
    batch: (statements: D1PreparedStatement[]) =>
      database.batch(statements.map((one) => Object.getPrototypeOf(one))),
  });
}
