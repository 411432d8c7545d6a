// What projecting costs, in rows that D1 bills.

import { expect, it } from "vitest";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { event, recorded } from "../account/given.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

/** Rows that D1 says it wrote while the messages were projected. */
async function rowsWritten(
  messages: readonly { events: readonly RecordedAccountEvent[] }[],
): Promise<number> {
  let rows = 0;
  const counting: D1Database = Object.assign(Object.create(views), {
    prepare: (query: string) => views.prepare(query),
    batch: async (statements: D1PreparedStatement[]) => {
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

it("6 rows for a new account: its row, three index entries, a total, the feed", async () => {
  expect(await rowsWritten([{ events: life.slice(0, 1) }])).toBe(6);
});

it("5 rows for a change of status: the row, its index entry, two totals, the feed", async () => {
  await rowsWritten([{ events: life.slice(0, 1) }]);
  expect(await rowsWritten([{ events: life.slice(1, 2) }])).toBe(5);
});

it("4 rows for a change of the default flag: the row, two index entries, the feed", async () => {
  await rowsWritten([{ events: life.slice(0, 3) }]);
  expect(await rowsWritten([{ events: life.slice(3, 4) }])).toBe(4);
});

it("12 rows for a whole life of 7 events in one batch: less than 2 an event", async () => {
  expect(await rowsWritten([{ events: life }])).toBe(12);
});

it("nothing for what came before", async () => {
  await rowsWritten([{ events: life }]);
  expect(await rowsWritten([{ events: life }, { events: life.slice(2, 4) }])).toBe(0);
});
