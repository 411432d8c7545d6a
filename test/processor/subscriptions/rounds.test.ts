// Rounds of deliveries where what they work with is not as usual: views in the making, an object that was replaced.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, inject, it, vi } from "vitest";
import { generateSecret } from "../../../src/http/standard-webhooks.ts";
import { deliverDue, ROUNDS_PER_RUN } from "../../../src/processor/subscriptions/deliver-due.ts";
import { deliverFeed } from "../../../src/processor/subscriptions/rounds.ts";
import {
  insertSubscription,
  readSigningSubscription,
  readSubscription,
} from "../../../src/processor/subscriptions/subscriptions.ts";
import {
  listParkedAccounts,
  removeWaiting,
  updateWaiting,
} from "../../../src/processor/subscriptions/waiting.ts";
import { ACCOUNT_NUMBER, event, recorded } from "../../account/given.ts";
import { addToFeed } from "../../workerd/feed.ts";
import { useEmptyViews } from "../../workerd/views.ts";

const ID = "subscription";

const views = useEmptyViews();
beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const log = recorded([event.created(), event.confirmed, event.activated, event.suspended]);
const writeFeed = (...versions: number[]) =>
  addToFeed(
    views,
    log.filter(({ version }) => versions.includes(version)),
  );

/** The first event of another account. */
const ofAnother = (createdAt: number) =>
  recorded([event.created()]).map((created) => ({
    ...created,
    id: "ANOTHER:1",
    accountNumber: "ANOTHER",
    createdAt,
  }));

async function subscribe(path: string, types: readonly string[] | null = null): Promise<void> {
  await insertSubscription(env.OPERATIONS, {
    id: ID,
    url: `${inject("receivers")}${path}`,
    types,
    secret: generateSecret(),
    createdAt: Date.now(),
    position: 0,
    positionEvent: null,
    caughtUpAt: null,
  });
}

const waits = (version: number, upToVersion: number) =>
  env.OPERATIONS.prepare(
    "INSERT INTO subscription_waiting VALUES (?1, ?2, ?3, ?4, 1, 0, 0, 'The receiver answered 500')",
  )
    .bind(ID, ACCOUNT_NUMBER, version, upToVersion)
    .run();
const retryNow = () => env.OPERATIONS.exec("UPDATE subscription_waiting SET retry_at = 0");
const waiting = () =>
  env.OPERATIONS.prepare(
    "SELECT version, up_to_version AS upToVersion, attempts FROM subscription_waiting",
  ).first();
const progress = async () => {
  const subscription = await readSubscription(env.OPERATIONS, ID);
  return { position: subscription?.position, delivered: subscription?.deliveredEvent };
};

it("events that wait are passed over by nobody while the views lack them", async () => {
  await subscribe("/well");
  await waits(2, 4);
  const next = await deliverDue(env, ID);
  expect(next).toBeGreaterThan(Date.now());
  expect(await waiting()).toMatchObject({ version: 2, upToVersion: 4 });

  await writeFeed(1, 2, 4);
  await retryNow();
  await deliverDue(env, ID);
  expect(await waiting()).toMatchObject({ version: 3, upToVersion: 4, attempts: 0 });

  await writeFeed(3);
  await retryNow();
  expect(await deliverDue(env, ID)).toBeNull();
  expect(await waiting()).toBeNull();
  expect((await progress()).position).toBe(4);
});

it("of what waits, only the types that are wanted are delivered", async () => {
  await writeFeed(1, 2, 3, 4);
  await subscribe("/well", ["ACCOUNT_CONFIRMED"]);
  await waits(2, 4);
  expect(await deliverDue(env, ID)).toBeNull();
  expect(await waiting()).toBeNull();
  expect((await progress()).delivered).toBe(`${ACCOUNT_NUMBER}:2`);
});

it("what comes of an account that waits, waits behind it", async () => {
  await writeFeed(1, 2);
  await subscribe("/failing");
  await deliverDue(env, ID);
  expect(await waiting()).toEqual({ version: 1, upToVersion: 2, attempts: 1 });
  await writeFeed(3, 4);
  await deliverDue(env, ID);
  expect(await waiting()).toEqual({ version: 1, upToVersion: 4, attempts: 1 });
  expect(await progress()).toEqual({ position: 4, delivered: null });
});

it("an older event that a repair adds behind what an account waits with is delivered before it", async () => {
  await writeFeed(1, 3, 4);
  await subscribe("/well");
  await env.OPERATIONS.exec("UPDATE subscriptions SET position = 3");
  await waits(4, 4);
  await env.OPERATIONS.exec("UPDATE subscription_waiting SET retry_at = NULL");
  const stale = await readSigningSubscription(env.OPERATIONS, ID);
  const [parked] = await listParkedAccounts(env.OPERATIONS, ID);
  if (stale === null || parked === undefined) throw new Error("Nothing is parked");
  await writeFeed(2);

  await deliverFeed(env, stale);
  expect(await waiting()).toEqual({ version: 2, upToVersion: 4, attempts: 0 });
  // An object that was replaced settles what it read before.
  await removeWaiting(env.OPERATIONS, ID, parked).run();
  await updateWaiting(env.OPERATIONS, ID, parked, { ...parked, version: 5 }).run();
  expect(await waiting()).toEqual({ version: 2, upToVersion: 4, attempts: 0 });

  const told = vi.spyOn(console, "log");
  expect(await deliverDue(env, ID)).toBeNull();
  expect(told).toHaveBeenCalledWith(expect.stringContaining('"deliveries":3'));
  expect(await waiting()).toBeNull();
});

it("a receiver that asks to be left alone is sent nothing for so long, of no account, and gets all of it afterwards", async () => {
  const askedMs = 600_000;
  await writeFeed(1, 2);
  await subscribe("/busy");
  // The clock stands still: a round looks at it more than once.
  const before = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(before);
  const next = before + askedMs;
  expect(await deliverDue(env, ID)).toBe(next);
  const subscription = await readSubscription(env.OPERATIONS, ID);
  expect(subscription).toMatchObject({ rests: 0, restsUntil: next, failure: "The receiver answered 429" });

  await addToFeed(views, ofAnother(0));
  expect(await deliverDue(env, ID)).toBe(next);
  expect(await progress()).toEqual({ position: 2, delivered: null });

  await env.OPERATIONS.prepare("UPDATE subscriptions SET url = ?1, rests_until = 0")
    .bind(`${inject("receivers")}/well`)
    .run();
  // Nor is the account that met the answer tried any sooner.
  expect(await deliverDue(env, ID)).toBe(next);
  expect(await progress()).toEqual({ position: 3, delivered: "ANOTHER:1" });
  await retryNow();
  expect(await deliverDue(env, ID)).toBeNull();
  expect(await waiting()).toBeNull();
});

describe("where views are made anew, what happened long ago", () => {
  const DAY_MS = 24 * 3_600_000;
  const daysAgo = (days: number): number => Date.now() - days * DAY_MS;

  /** Whether it gets an event of three days ago from the new views, having had all that the old ones had. */
  async function isDeliveredOnceItIsThere(): Promise<boolean> {
    await subscribe("/well");
    await env.OPERATIONS.prepare("UPDATE subscriptions SET caught_up_at = ?1").bind(daysAgo(4)).run();
    await addToFeed(views, ofAnother(daysAgo(0)));
    await deliverDue(env, ID);
    expect(await progress()).toEqual({ position: 1, delivered: "ANOTHER:1" });

    await views.exec("DELETE FROM accounts; DELETE FROM feed_chunks");
    await env.OPERATIONS.exec("DELETE FROM parked; DELETE FROM unreadable_messages");
    await addToFeed(
      views,
      log.slice(0, 1).map((created) => ({ ...created, createdAt: daysAgo(3) })),
    );
    await deliverDue(env, ID);
    const { position, delivered } = await progress();
    expect(position).toBe(1);
    return delivered === `${ACCOUNT_NUMBER}:1`;
  }

  it("is not delivered again", async () => {
    expect(await isDeliveredOnceItIsThere()).toBe(false);
  });

  it.each([
    ["account", `INSERT INTO parked VALUES ('${ACCOUNT_NUMBER}', 1, 'poisonous', 0, 1, NULL)`],
    ["message", "INSERT INTO unreadable_messages VALUES ('message', NULL, '{}', 'unreadable', 0, 1)"],
  ])("is delivered where the old ones may have lacked it, since one %s was parked", async (_, parking) => {
    await env.OPERATIONS.exec(parking);
    expect(await isDeliveredOnceItIsThere()).toBe(true);
  });
});

describe("of the thousand queries that D1 takes from one run", () => {
  it("a long backlog leaves the rest to the next one, which comes at once", async () => {
    const backlog = recorded(Array.from({ length: ROUNDS_PER_RUN * 40 + 1 }, () => event.confirmed));
    await addToFeed(views, backlog);
    await subscribe("/well");
    expect((await deliverDue(env, ID)) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(Date.now());
    expect((await progress()).position).toBe(backlog.length - 1);
    expect(await deliverDue(env, ID)).toBeNull();
    expect((await progress()).position).toBe(backlog.length);
  });

  it("no round takes too many, however many accounts wait in it and begin to", async () => {
    const accountNumbers = Array.from({ length: 46 }, (_, index) => `WAITING-${index}`);
    const events = accountNumbers.flatMap((accountNumber) =>
      log.slice(0, 1).map((created) => ({ ...created, id: `${accountNumber}:1`, accountNumber })),
    );
    await addToFeed(views, events);
    await subscribe("/well");
    await env.OPERATIONS.exec("UPDATE subscriptions SET position = 6");
    const retryAt = accountNumbers.map((accountNumber, index) => [accountNumber, index < 6 ? 0 : null]);
    await env.OPERATIONS.prepare(
      `INSERT INTO subscription_waiting
       SELECT ?1, value ->> 0, 1, 1, 1, value ->> 1, 0, 'The receiver answered 500' FROM json_each(?2)`,
    )
      .bind(ID, JSON.stringify(retryAt))
      .run();

    // Each statement of a batch counts.
    const prepared = [vi.spyOn(env.OPERATIONS, "prepare"), vi.spyOn(views, "prepare")];
    await deliverDue(env, ID);
    const queries = prepared.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    expect((await progress()).position).toBe(events.length);
    // With the last look, which finds nothing.
    expect(queries).toBeGreaterThan(60);
    expect(queries * ROUNDS_PER_RUN).toBeLessThan(1_000);
  });
});

it("an object that was replaced in the middle of a round moves nothing back", async () => {
  await writeFeed(1, 2);
  await subscribe("/well");
  const stale = await readSigningSubscription(env.OPERATIONS, ID);
  if (stale === null) throw new Error("No subscription");
  await deliverDue(env, ID);
  await writeFeed(3);
  await deliverDue(env, ID);
  await env.OPERATIONS.exec("UPDATE subscriptions SET position = 3");

  await deliverFeed(env, stale);
  expect((await progress()).position).toBe(3);
});

it("nothing of a subscription that was deleted is left, or comes back", async () => {
  await writeFeed(1);
  await subscribe("/failing");
  const stale = await readSigningSubscription(env.OPERATIONS, ID);
  if (stale === null) throw new Error("No subscription");
  await env.OPERATIONS.exec("DELETE FROM subscriptions");
  await deliverFeed(env, stale).catch(() => "refused");
  expect(await waiting()).toBeNull();
  expect(await deliverDue(env, ID)).toBeNull();
});
