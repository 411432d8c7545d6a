// What projecting costs, in rows that D1 bills.

import { expect, it } from "vitest";
import { Meter } from "../../bench/meter/meter.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { event, recorded } from "../account/given.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

/** Rows that D1 says it wrote, in the views and in the directory, while the messages were projected. */
async function rowsWritten(
  messages: readonly { events: readonly RecordedAccountEvent[] }[],
): Promise<number> {
  const meter = new Meter();
  meter.meterDatabase(views);
  const bodies = messages.map(({ events }) => ({ accountNumber: events[0]?.accountNumber, events }));
  try {
    const { retried } = await deliver(bodies);
    expect(retried).toEqual([]);
    return meter.take().databaseRowsWritten;
  } finally {
    meter.stop();
  }
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

it("8 rows for a new account: its row, three index entries, the totals, the feed and its index entry, the directory", async () => {
  expect(await rowsWritten([{ events: life.slice(0, 1) }])).toBe(8);
});

it("5 rows for a change of status: the row, its index entry, the totals, the feed and its index entry", async () => {
  await rowsWritten([{ events: life.slice(0, 1) }]);
  expect(await rowsWritten([{ events: life.slice(1, 2) }])).toBe(5);
});

it("5 rows for a change of the default flag: the row, two index entries, the feed and its index entry", async () => {
  await rowsWritten([{ events: life.slice(0, 3) }]);
  expect(await rowsWritten([{ events: life.slice(3, 4) }])).toBe(5);
});

it("20 rows for a whole life of 7 events in one batch: less than 3 an event", async () => {
  expect(await rowsWritten([{ events: life }])).toBe(20);
});

it("nothing for what came before", async () => {
  await rowsWritten([{ events: life }]);
  expect(await rowsWritten([{ events: life }, { events: life.slice(2, 4) }])).toBe(0);
});
