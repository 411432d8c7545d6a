// What a deployment has already is moved by the migrations, and nothing of it is lost.

import { applyD1Migrations, env, reset } from "cloudflare:test";
import { expect, it } from "vitest";
import { isFeedAsLongAsVersions, readAccountFeed } from "../../src/views/account-feed.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed, readLags } from "../../src/views/feed.ts";
import { markFollowed, readFollowers } from "../../src/views/followed.ts";
import { readStatusTotals } from "../../src/views/status-totals.ts";
import { event, recorded } from "../account/given.ts";
import { addToFeed } from "../workerd/feed.ts";

const views = env.VIEWS;

it("a feed of a row an event becomes one of chunks, at the same positions", async () => {
  await reset();
  const [first, ...later] = env.VIEWS_MIGRATIONS;
  if (first === undefined) throw new Error("a migration");
  await applyD1Migrations(views, [first]);
  const of = (accountNumber: string) =>
    recorded([event.created(), event.confirmed, event.activated, event.suspended]).map((one) => ({
      ...one,
      accountNumber,
      id: `${accountNumber}:${one.version}`,
    }));
  const [one, other] = [of("ONE"), of("OTHER")];
  const log = [one[0], other[0], other[1], one[1], one[2]].filter((some) => some !== undefined);
  await views.batch([
    ...log.map((some) =>
      views
        .prepare("INSERT INTO feed (account_number, version, event, projected_at) VALUES (?1, ?2, ?3, ?4)")
        .bind(some.accountNumber, some.version, JSON.stringify(some), some.createdAt + 7),
    ),
    views.prepare("INSERT INTO accounts VALUES ('ONE', 1, 'ACCOUNT_ACTIVE', 0, 1000, 3000, 3, 1)"),
    views.prepare("INSERT INTO accounts VALUES ('OTHER', 1, 'ACCOUNT_CONFIRMED', 0, 1000, 2000, 2, 1)"),
    views.prepare("INSERT INTO status_totals VALUES (1, 0, 1, 1, 0, 0, 0)"),
  ]);

  await applyD1Migrations(views, [first, ...later]);

  const expected = log.map((some, index) => ({ position: index + 1, userId: 1, event: some }));
  expect((await readFeed(views, 0, {}, 10)).events).toEqual(expected);
  expect((await readLags(views, 0)).map(({ lagMs }) => lagMs)).toEqual([7, 7, 7, 7, 7]);
  expect(await readStatusTotals(views)).toMatchObject({ ACCOUNT_CONFIRMED: 1, ACCOUNT_ACTIVE: 1 });
  expect(await readAccount(views, "ONE")).toMatchObject({ version: 3, status: "ACCOUNT_ACTIVE" });
  expect(await isFeedAsLongAsVersions(views)).toBe(true);

  await addToFeed(views, one.slice(3));
  expect(await readAccountFeed(views, "ONE", 0, 10)).toEqual(
    one.map((some, index) => ({ position: [1, 4, 5, 6][index], version: index + 1, event: some })),
  );
});

it("who followed the feed follows it still, and subscriptions may", async () => {
  await reset();
  const before = env.VIEWS_MIGRATIONS.filter(({ name }) => name < "0004");
  await applyD1Migrations(views, before);
  await views.prepare("INSERT INTO followed VALUES (1)").run();

  await applyD1Migrations(views, env.VIEWS_MIGRATIONS);

  expect(await readFollowers(views)).toEqual({ hub: true, subscriptions: false });
  await markFollowed(views, "subscriptions");
  expect(await readFollowers(views)).toEqual({ hub: true, subscriptions: true });
});
