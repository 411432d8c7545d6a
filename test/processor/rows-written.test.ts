// What projecting costs, in rows that D1 bills.

import { expect, it } from "vitest";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { event, recorded } from "../account/given.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

/** Rows that D1 says it wrote in the views while the messages were projected. */
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

it("7 rows for a new account: its row, three index entries, the totals, the feed and its index entry", async () => {
  expect(await rowsWritten([{ events: life.slice(0, 1) }])).toBe(7);
});

it("5 rows for a change of status: the row, its index entry, the totals, the feed and its index entry", async () => {
  await rowsWritten([{ events: life.slice(0, 1) }]);
  expect(await rowsWritten([{ events: life.slice(1, 2) }])).toBe(5);
});

it("5 rows for a change of the default flag: the row, two index entries, the feed and its index entry", async () => {
  await rowsWritten([{ events: life.slice(0, 3) }]);
  expect(await rowsWritten([{ events: life.slice(3, 4) }])).toBe(5);
});

it("19 rows for a whole life of 7 events in one batch: less than 3 an event", async () => {
  expect(await rowsWritten([{ events: life }])).toBe(19);
});

it("nothing for what came before", async () => {
  await rowsWritten([{ events: life }]);
  expect(await rowsWritten([{ events: life }, { events: life.slice(2, 4) }])).toBe(0);
});
