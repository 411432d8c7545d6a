// A log from before an event's shape changed is read, folded, listed, time-travelled, projected and rebuilt.

import { env, evictDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { RangeFeed } from "../../src/processor/range-feed.ts";
import { repair } from "../../src/processor/repair.ts";
import { compare } from "../../src/processor/verify.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { correctEvents } from "../../src/views/feed-chunks.ts";
import { STORED_LOG } from "../account/stored-log.ts";
import { recordSends, storageOf } from "../workerd/account-objects.ts";
import { CREATE, request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

const CLOSED = {
  createdAt: 1481351048967,
  lastModified: 1481353397395,
  userId: 1,
  defaultAccount: false,
  status: "ACCOUNT_CLOSED",
  version: 3,
};

let accounts = 0;
let accountNumber: string;
beforeEach(async () => {
  vi.spyOn(console, "log").mockReturnValue();
  const { restore } = recordSends();
  accountNumber = `OLD-${++accounts}`;
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  // A first command makes the tables; then the log is the stored one.
  await log.execute([request(CREATE)], false);
  await storageOf(accountNumber, ({ sql }) => {
    sql.exec("DELETE FROM events");
    for (const { version, type, schema, created_at, data, metadata } of STORED_LOG) {
      sql.exec(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, 0, NULL, NULL)",
        version,
        type,
        schema,
        created_at,
        data,
        metadata,
      );
    }
  });
  await evictDurableObject(log);
  restore();
});

it("folds, lists and travels in time", async () => {
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  expect(await log.current()).toEqual({ ...CLOSED, accountNumber });
  expect((await log.atVersion(1)).account).toMatchObject({
    status: "ACCOUNT_PENDING",
    defaultAccount: false,
  });
  expect((await log.atTime(1481351049385)).account).toMatchObject({
    status: "ACCOUNT_CONFIRMED",
    version: 2,
  });
  const { events } = await log.events(0, 10);
  expect(events.map(({ type, schema, data }) => [type, schema, data])).toEqual([
    ["ACCOUNT_CREATED", 2, { userId: 1, defaultAccount: false }],
    ["ACCOUNT_CONFIRMED", 1, {}],
    ["ACCOUNT_CLOSED", 1, { reason: "moved" }],
  ]);
});

const feed = () => new RangeFeed(views, { after: "", upTo: null }, true);

it("is rebuilt, and found right", async () => {
  await repair(env, accountNumber, feed());
  expect(await readAccount(views, accountNumber)).toEqual({ ...CLOSED, accountNumber });
  const told = vi.fn();
  expect(await compare(env, accountNumber, told, feed())).toBe(3);
  expect(told).not.toHaveBeenCalled();
});

it("is projected from messages that were sent before, which the feed keeps and shows as of today", async () => {
  const old = STORED_LOG.map(({ version, type, schema, created_at, data, metadata }) => ({
    id: `${accountNumber}:${version}`,
    createdAt: created_at,
    lastModified: created_at,
    type,
    schema,
    accountNumber,
    version,
    data: JSON.parse(data),
    metadata: JSON.parse(metadata),
  }));
  await deliver([{ accountNumber, events: old }]);
  const [first] = old;
  if (first === undefined) throw new Error("an event");
  await correctEvents(views, [{ position: 1, event: first }]);

  expect(await readAccount(views, accountNumber)).toEqual({ ...CLOSED, accountNumber });
  const { events } = await readFeed(views, 0, { types: ["ACCOUNT_CREATED"] }, 10);
  expect(events.map(({ event }) => event.data)).toEqual([{ userId: 1, defaultAccount: false }]);
  const told = vi.fn();
  expect(await compare(env, accountNumber, told, feed())).toBe(3);
  expect(told).not.toHaveBeenCalled();
});
