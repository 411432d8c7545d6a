// One account's part of the feed: what is read of it, and how much has to be read for that.

import { expect, it } from "vitest";
import { readAccountFeed, readNewestOfTypes } from "../../src/views/account-feed.ts";
import { ACCOUNT_NUMBER, event, recorded } from "../account/given.ts";
import { addToFeed } from "../workerd/feed.ts";
import { billedDatabaseRows, useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

/** An account with so many events, each in a chunk of its own. */
async function oneByOne(count: number) {
  const events = recorded([
    event.created(),
    ...Array.from({ length: count - 1 }, (_, index) =>
      index % 2 === 0 ? event.madeDefault : event.defaultCleared,
    ),
  ]);
  for (const one of events) await addToFeed(views, [one]);
  return events;
}

async function rowsRead(run: () => Promise<unknown>): Promise<number> {
  return (await billedDatabaseRows(run)).databaseRowsRead;
}

it("the newest events of a long chain are read without what is before them", async () => {
  const events = await oneByOne(80);
  expect(await readAccountFeed(views, ACCOUNT_NUMBER, 75, 80)).toEqual(
    events.slice(75).map((one) => ({ position: one.version, version: one.version, event: one })),
  );
  const newest = await rowsRead(() => readAccountFeed(views, ACCOUNT_NUMBER, 75, 80));
  const all = await rowsRead(() => readAccountFeed(views, ACCOUNT_NUMBER, 0, 80));
  expect(all).toBeGreaterThan(160);
  expect(newest).toBeLessThan(40);
});

it("the newest event of a type is found as far down as it is, and no further", async () => {
  const events = await oneByOne(250);
  const account = { accountNumber: ACCOUNT_NUMBER, version: 250 };
  const newest = (...types: string[]) => readNewestOfTypes(views, account, types);
  expect(await newest("ACCOUNT_MADE_DEFAULT")).toBe(events[249]?.createdAt);
  expect(await newest("ACCOUNT_CREATED")).toBe(events[0]?.createdAt);
  expect(await newest("ACCOUNT_CLOSED")).toBe(0);
  // What came after the version that is asked about does not count.
  expect(await readNewestOfTypes(views, { ...account, version: 248 }, ["ACCOUNT_MADE_DEFAULT"])).toBe(
    events[247]?.createdAt,
  );
  const near = await rowsRead(() => newest("ACCOUNT_MADE_DEFAULT"));
  const far = await rowsRead(() => newest("ACCOUNT_CREATED"));
  expect(near).toBeLessThan(far / 2);
});

it("a chain that is broken ends where it is", async () => {
  await oneByOne(10);
  await views.exec("DELETE FROM feed_chunks WHERE last_position = 4");
  const found = await readAccountFeed(views, ACCOUNT_NUMBER, 0, 10);
  expect(found.map(({ version }) => version)).toEqual([5, 6, 7, 8, 9, 10]);
  expect(
    await readNewestOfTypes(views, { accountNumber: ACCOUNT_NUMBER, version: 10 }, ["ACCOUNT_CREATED"]),
  ).toBe(0);
});

it("an event that was added late is no end of what is looked for", async () => {
  const events = await oneByOne(6);
  await views.exec("DELETE FROM accounts");
  await views.exec("DELETE FROM feed_chunks");
  const late = events[2];
  if (late === undefined) throw new Error("a third event");
  for (const one of [...events.filter((some) => some !== late), late]) await addToFeed(views, [one]);

  const found = await readAccountFeed(views, ACCOUNT_NUMBER, 3, 6);
  expect(found.map(({ version }) => version)).toEqual([4, 5, 6]);
  expect(
    await readNewestOfTypes(views, { accountNumber: ACCOUNT_NUMBER, version: 6 }, [
      "ACCOUNT_DEFAULT_CLEARED",
    ]),
  ).toBe(events[4]?.createdAt);
});
