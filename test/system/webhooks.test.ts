// Webhooks, from a command to a receiver that is a real HTTP server, and everything that a receiver can do wrong.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Receiver, verified } from "./receiver.ts";
import { ALL_PARTS, System } from "./system.ts";

const SOON = { timeout: 60_000, interval: 100 };
const FIRST_RETRY_MS = 30_000;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

const receivers: Receiver[] = [];
const subscriptions: string[] = [];
afterEach(async () => {
  for (const id of subscriptions.splice(0)) await system.send("DELETE", `/v1/subscriptions/${id}`);
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

async function startReceiver(): Promise<Receiver> {
  const receiver = await Receiver.start();
  receivers.push(receiver);
  return receiver;
}

async function subscribe(url: string, members: object = {}): Promise<{ id: string; secret: string }> {
  const reply = await system.post("/v1/subscriptions", { url, ...members });
  expect(reply.status).toBe(201);
  subscriptions.push(reply.body.id);
  return reply.body;
}

const read = async (id: string) => (await system.get(`/v1/subscriptions/${id}`)).body;

let accounts = 0;
const freshNumber = (): string => `HOOK-${++accounts}`;
const open = (accountNumber: string) => system.post("/v1/accounts", { userId: 1, accountNumber });
const command = (accountNumber: string, name: string, body?: object) =>
  system.post(`/v1/accounts/${accountNumber}/commands/${name}`, body);
const idsOf = (accountNumber: string, ...versions: number[]) =>
  versions.map((version) => `${accountNumber}:${version}`);
const ofAccount = (ids: readonly string[], accountNumber: string) =>
  ids.filter((id) => id.startsWith(`${accountNumber}:`));

/** As if its retries of days were over but for the last, which is due now. */
async function nearTheEnd(id: string): Promise<void> {
  const operations = await system.operations();
  await operations.batch([
    operations
      .prepare("UPDATE subscription_waiting SET attempts = 10, retry_at = 0 WHERE subscription_id = ?1")
      .bind(id),
    operations
      .prepare("UPDATE subscriptions SET rests = iif(rests > 0, 10, 0), rests_until = NULL WHERE id = ?1")
      .bind(id),
  ]);
  await system.minutePasses();
}

/** As if its rest were over. */
async function restIsOver(id: string): Promise<void> {
  const operations = await system.operations();
  await operations.prepare("UPDATE subscriptions SET rests_until = 0 WHERE id = ?1").bind(id).run();
  await system.minutePasses();
}

it("an event is delivered as a CloudEvent, signed, as the log shows it, in order", async () => {
  const receiver = await startReceiver();
  const { id, secret } = await subscribe(receiver.url);
  const account = freshNumber();
  await open(account);
  await command(account, "confirm");
  await command(account, "activate");
  await command(account, "suspend", { reason: "chargeback" });
  await vi.waitFor(() => expect(receiver.ids).toEqual(idsOf(account, 1, 2, 3, 4)), SOON);

  const log = await system.all(`/v1/accounts/${account}/events`);
  for (const [index, delivery] of receiver.deliveries.entries()) {
    expect(delivery.headers["content-type"]).toMatch(/^application\/cloudevents\+json/);
    const event = verified(delivery, secret);
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: "1.0",
      id: log[index].id,
      source: `/v1/accounts/${account}`,
      type: log[index].type,
      subject: account,
      time: new Date(log[index].createdAt).toISOString(),
    });
    expect(event.data).toEqual(log[index]);
    const { secret: other } = await subscribe(receiver.url, { types: ["NEVER"] });
    expect(() => verified(delivery, other)).toThrow("No matching signature");
  }
  await vi.waitFor(async () => {
    const subscription = await read(id);
    expect(subscription).toMatchObject({
      state: "active",
      lag: 0,
      lastDelivery: { eventId: `${account}:4` },
      lastFailure: null,
      retrying: 0,
      parked: 0,
    });
    expect(subscription).not.toHaveProperty("secret");
  }, SOON);
});

it("who subscribes gets what it asked for: from now on, from a position, or all of history; some types or all", async () => {
  const account = freshNumber();
  await open(account);
  await command(account, "confirm");
  await system.get(`/v1/accounts/${account}?minVersion=2`);
  const feed = await vi.waitFor(async () => {
    const events = await system.all("/v1/feed");
    expect(events.at(-1).id).toBe(`${account}:2`);
    return events;
  }, SOON);
  const [now, history, later, closings] = [
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
  ];
  await subscribe(now.url);
  await subscribe(history.url, { after: 0 });
  await subscribe(later.url, { after: feed.length - 1 });
  await subscribe(closings.url, { types: ["ACCOUNT_CLOSED"], after: 0 });
  await command(account, "close");

  const all = [...feed.map(({ id }) => id), `${account}:3`];
  await vi.waitFor(() => {
    expect(now.ids).toEqual(idsOf(account, 3));
    expect(history.ids.toSorted()).toEqual(all.toSorted());
    expect(later.ids).toEqual(idsOf(account, 2, 3));
    expect(closings.ids).toEqual(idsOf(account, 3));
  }, SOON);
  expect(ofAccount(history.ids, account)).toEqual(idsOf(account, 1, 2, 3));
});

describe("a receiver that fails", () => {
  it("for one account keeps that account waiting, in order, and no other; the first retry comes within 30 seconds", async () => {
    const receiver = await startReceiver();
    await subscribe(receiver.url);
    const [bad, good] = [freshNumber(), freshNumber()];
    let refused = 0;
    receiver.answer = (id) => (id === `${bad}:2` && refused++ < 1 ? 500 : 204);
    for (const account of [bad, good]) await open(account);
    await command(bad, "confirm");
    await vi.waitFor(() => expect(refused).toBe(1), SOON);
    await command(bad, "activate");
    for (const name of ["confirm", "activate", "suspend"]) await command(good, name);
    await vi.waitFor(() => expect(ofAccount(receiver.taken, good)).toEqual(idsOf(good, 1, 2, 3, 4)), SOON);
    expect(ofAccount(receiver.taken, bad)).toEqual(idsOf(bad, 1));

    await vi.waitFor(() => expect(ofAccount(receiver.taken, bad)).toEqual(idsOf(bad, 1, 2, 3)), SOON);
    const attempts = receiver.deliveries.filter(({ id }) => id === `${bad}:2`);
    expect(attempts).toHaveLength(2);
    expect((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeLessThan(FIRST_RETRY_MS);
    expect((attempts[1]?.at ?? 0) - (attempts[0]?.at ?? 0)).toBeGreaterThan(4_000);
  });

  it("for several accounts rests as a whole, gets everything when it is back, and is no trouble to another", async () => {
    const [down, well] = [await startReceiver(), await startReceiver()];
    const { id } = await subscribe(down.url);
    await subscribe(well.url);
    down.answer = () => 503;
    const numbers = Array.from({ length: 20 }, freshNumber);
    for (const account of numbers) {
      await open(account);
      await command(account, "confirm");
    }
    await vi.waitFor(() => expect(well.taken).toHaveLength(40), SOON);
    await vi.waitFor(async () => {
      expect(await read(id)).toMatchObject({
        state: "resting",
        lastFailure: { reason: "The receiver answered 503" },
      });
    }, SOON);
    // It was not asked for each of the twenty accounts again and again.
    expect(down.deliveries.length).toBeLessThan(numbers.length);

    down.answer = () => 204;
    await restIsOver(id);
    await vi.waitFor(() => expect(down.taken).toHaveLength(40), SOON);
    for (const account of numbers) expect(ofAccount(down.taken, account)).toEqual(idsOf(account, 1, 2));
    await vi.waitFor(
      async () => expect(await read(id)).toMatchObject({ state: "active", retrying: 0 }),
      SOON,
    );
  });

  it("to the end of the schedule has the account parked, in sight, and gets its events in order when it is replayed", async () => {
    const receiver = await startReceiver();
    const { id } = await subscribe(receiver.url);
    const account = freshNumber();
    receiver.answer = () => 500;
    await open(account);
    await vi.waitFor(async () => expect((await read(id)).retrying).toBe(1), SOON);
    await nearTheEnd(id);
    await vi.waitFor(async () => expect(await read(id)).toMatchObject({ retrying: 0, parked: 1 }), SOON);
    await command(account, "confirm");
    await command(account, "activate");
    const parked = await vi.waitFor(async () => {
      const { items } = (await system.get(`/v1/subscriptions/${id}/parked`)).body;
      expect(items).toMatchObject([{ accountNumber: account, version: 1, upToVersion: 3, attempts: 11 }]);
      return items[0];
    }, SOON);
    expect(parked.reason).toBe("The receiver answered 500");
    expect((await system.get(parked._links.event.href)).body.id).toBe(`${account}:1`);

    receiver.answer = () => 204;
    expect((await system.post("/v1/subscriptions/none/parked/replay")).status).toBe(404);
    expect((await system.post(`/v1/subscriptions/${id}/parked/NOBODY/replay`)).status).toBe(404);
    expect(await system.post(parked._links.replay.href)).toMatchObject({
      status: 202,
      body: { replaying: 1 },
    });
    await vi.waitFor(() => expect(receiver.taken).toEqual(idsOf(account, 1, 2, 3)), SOON);
    await vi.waitFor(
      async () => expect(await read(id)).toMatchObject({ parked: 0, retrying: 0, lag: 0 }),
      SOON,
    );
  });

  it("as a whole to the end of the schedule is parked as a whole, and goes on where it was when it is replayed", async () => {
    const receiver = await startReceiver();
    const { id } = await subscribe(receiver.url);
    receiver.answer = () => 500;
    const numbers = Array.from({ length: 5 }, freshNumber);
    for (const account of numbers) await open(account);
    await vi.waitFor(async () => expect((await read(id)).state).toBe("resting"), SOON);
    await nearTheEnd(id);
    await vi.waitFor(async () => expect((await read(id)).state).toBe("parked"), SOON);
    for (const account of numbers) await command(account, "confirm");

    receiver.answer = () => 204;
    expect((await system.post(`/v1/subscriptions/${id}/parked/replay`, {})).status).toBe(202);
    await vi.waitFor(() => expect(receiver.taken).toHaveLength(10), SOON);
    for (const account of numbers) expect(ofAccount(receiver.taken, account)).toEqual(idsOf(account, 1, 2));
    expect((await read(id)).state).toBe("active");
  });

  it("as a whole goes on, too, when one account is replayed that is parked for it", async () => {
    const receiver = await startReceiver();
    const { id } = await subscribe(receiver.url);
    receiver.answer = () => 500;
    const [parked, waiting] = [freshNumber(), freshNumber()];
    await open(parked);
    await vi.waitFor(async () => expect((await read(id)).retrying).toBe(1), SOON);
    await nearTheEnd(id);
    await vi.waitFor(async () => expect((await read(id)).parked).toBe(1), SOON);
    await open(waiting);
    await vi.waitFor(async () => expect((await read(id)).retrying).toBe(1), SOON);

    const operations = await system.operations();
    const set = (columns: string) =>
      operations.prepare(`UPDATE subscriptions SET ${columns} WHERE id = ?1`).bind(id).run();
    await set("rests = 9, rests_until = 9e15");
    const replay = (accountNumber: string) =>
      system.post(`/v1/subscriptions/${id}/parked/${accountNumber}/replay`);
    expect((await replay(waiting)).status).toBe(404);
    expect((await read(id)).state).toBe("resting");

    await set("state = 'parked', rests_until = NULL");
    receiver.answer = () => 204;
    expect(await replay(parked)).toMatchObject({ status: 202, body: { replaying: 1 } });
    await vi.waitFor(
      () => expect(receiver.taken.toSorted()).toEqual([`${parked}:1`, `${waiting}:1`].toSorted()),
      SOON,
    );
    await vi.waitFor(async () => {
      expect(await read(id)).toMatchObject({ state: "active", retrying: 0, parked: 0 });
    }, SOON);
  });

  it("with 410 Gone gets nothing more, ever", async () => {
    const receiver = await startReceiver();
    const { id } = await subscribe(receiver.url);
    receiver.answer = () => 410;
    const account = freshNumber();
    await open(account);
    await vi.waitFor(async () => expect((await read(id)).state).toBe("gone"), SOON);
    receiver.answer = () => 204;
    await command(account, "confirm");
    const operations = await system.operations();
    await operations
      .prepare("UPDATE subscription_waiting SET retry_at = NULL WHERE subscription_id = ?1")
      .bind(id)
      .run();
    for (const what of ["replay", `${account}/replay`]) {
      expect(await system.post(`/v1/subscriptions/${id}/parked/${what}`)).toMatchObject({
        status: 409,
        body: { code: "subscription-gone" },
      });
    }
    expect(await read(id)).toMatchObject({ state: "gone", retrying: 0, parked: 1 });
    await system.minutePasses();
    const witness = await startReceiver();
    await subscribe(witness.url);
    await command(account, "activate");
    await vi.waitFor(() => expect(witness.taken).toEqual(idsOf(account, 3)), SOON);
    expect(receiver.deliveries).toHaveLength(1);
  });
});

it("a secret that is replaced signs beside the new one for a day, and no longer", async () => {
  const receiver = await startReceiver();
  const { id, secret: old } = await subscribe(receiver.url);
  const rotated = (await system.post(`/v1/subscriptions/${id}/secret`)).body;
  expect(rotated.secret).not.toBe(old);
  expect(rotated.previousSecretUntil).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  const account = freshNumber();
  await open(account);
  await vi.waitFor(() => expect(receiver.ids).toHaveLength(1), SOON);
  const [during] = receiver.deliveries;
  if (during === undefined) throw new Error("Nothing came");
  for (const secret of [old, rotated.secret]) expect(verified(during, secret).id).toBe(`${account}:1`);

  const operations = await system.operations();
  await operations.prepare("UPDATE subscriptions SET previous_secret_until = 1 WHERE id = ?1").bind(id).run();
  await command(account, "confirm");
  await vi.waitFor(() => expect(receiver.ids).toHaveLength(2), SOON);
  const after = receiver.deliveries[1];
  if (after === undefined) throw new Error("Nothing came");
  expect(verified(after, rotated.secret).id).toBe(`${account}:2`);
  expect(() => verified(after, old)).toThrow("No matching signature");
});

it("a secret goes on signing where it is replaced again within its day, whether the one between was learned or lost", async () => {
  const receiver = await startReceiver();
  const { id, secret: old } = await subscribe(receiver.url);
  const rotate = async (): Promise<string> =>
    (await system.post(`/v1/subscriptions/${id}/secret`)).body.secret;
  const known = [old, await rotate(), await rotate()];
  const account = freshNumber();
  await open(account);
  await vi.waitFor(() => expect(receiver.ids).toHaveLength(1), SOON);
  const [first] = receiver.deliveries;
  if (first === undefined) throw new Error("Nothing came");
  for (const secret of known) expect(verified(first, secret).id).toBe(`${account}:1`);

  for (let times = 0; times < 9; times++) known.push(await rotate());
  await command(account, "confirm");
  await vi.waitFor(() => expect(receiver.ids).toHaveLength(2), SOON);
  const second = receiver.deliveries[1];
  if (second === undefined) throw new Error("Nothing came");
  for (const secret of known.slice(2)) expect(verified(second, secret).id).toBe(`${account}:2`);
  for (const secret of known.slice(0, 2)) {
    expect(() => verified(second, secret)).toThrow("No matching signature");
  }
});

it("a subscription that is deleted in the middle gets nothing more", async () => {
  const receiver = await startReceiver();
  const { id } = await subscribe(receiver.url);
  receiver.answer = () => 500;
  await open(freshNumber());
  await vi.waitFor(async () => expect((await read(id)).retrying).toBe(1), SOON);
  expect((await system.send("DELETE", `/v1/subscriptions/${id}`)).status).toBe(204);
  expect((await system.send("DELETE", `/v1/subscriptions/${id}`)).status).toBe(404);
  const { length } = receiver.deliveries;
  const witness = await startReceiver();
  await subscribe(witness.url);
  const account = freshNumber();
  await open(account);
  await vi.waitFor(() => expect(witness.taken).toEqual(idsOf(account, 1)), SOON);
  expect(receiver.deliveries).toHaveLength(length);
});

it("what nobody was woken for is found within a minute", async () => {
  const receiver = await startReceiver();
  const { id } = await subscribe(receiver.url);
  const operations = await system.operations();
  const set = (state: string) =>
    operations.prepare("UPDATE subscriptions SET state = ?2 WHERE id = ?1").bind(id, state).run();
  await set("parked");
  const account = freshNumber();
  const head = (await read(id)).position;
  await open(account);
  await vi.waitFor(async () => expect((await read(id)).lag).toBe(1), SOON);
  await set("active");
  expect((await read(id)).position).toBe(head);
  await system.minutePasses();
  await vi.waitFor(() => expect(receiver.taken).toEqual(idsOf(account, 1)), SOON);
});

it("a restart in the middle loses nothing and breaks no account's order", async () => {
  const receiver = await startReceiver();
  const { id } = await subscribe(receiver.url);
  // From the twentieth on so slow that the restart comes in the middle, however busy the machine is; never too slow to be waited for.
  let isRestarted = false;
  receiver.answer = () => (response) => {
    const isSlow = receiver.deliveries.length > 20 && !isRestarted;
    setTimeout(() => response.writeHead(204).end(), isSlow ? 5_000 : 0);
  };
  const numbers = Array.from({ length: 30 }, freshNumber);
  await Promise.all(
    numbers.map(async (account) => {
      await open(account);
      for (const name of ["confirm", "activate", "suspend"]) await command(account, name);
    }),
  );
  await vi.waitFor(() => expect(receiver.deliveries.length).toBeGreaterThan(20), SOON);
  await system.deploy(ALL_PARTS);
  const cutAt = receiver.deliveries.length;
  expect(cutAt).toBeLessThan(120);
  isRestarted = true;

  await vi.waitFor(() => expect(new Set(receiver.ids).size).toBe(120), SOON);
  for (const account of numbers) {
    expect([...new Set(ofAccount(receiver.ids, account))]).toEqual(idsOf(account, 1, 2, 3, 4));
  }
  await vi.waitFor(async () => expect((await read(id)).lag).toBe(0), SOON);
});

it("positions that are given anew by a rebuild leave nothing out", async () => {
  const receiver = await startReceiver();
  const { id } = await subscribe(receiver.url);
  const [before, after] = [freshNumber(), freshNumber()];
  await open(before);
  await vi.waitFor(() => expect(receiver.taken).toContain(`${before}:1`), SOON);
  // Until it has written down what it delivered, it would write that it is active.
  await vi.waitFor(async () => {
    expect(await read(id)).toMatchObject({ lag: 0, lastDelivery: expect.anything() });
  }, SOON);
  const operations = await system.operations();
  await operations.prepare("UPDATE subscriptions SET state = 'parked' WHERE id = ?1").bind(id).run();
  await open(after);
  await vi.waitFor(async () => expect((await read(id)).lag).toBe(1), SOON);
  const views = await system.views();
  await views.batch(["accounts", "feed_chunks"].map((table) => views.prepare(`DELETE FROM ${table}`)));
  const { headers } = await system.post("/v1/operations/rebuilds");
  await vi.waitFor(async () => {
    expect((await system.get(headers.get("Location") ?? "")).body.status).toBe("done");
  }, SOON);

  await system.post(`/v1/subscriptions/${id}/parked/replay`);
  await vi.waitFor(() => expect(receiver.taken).toContain(`${after}:1`), SOON);
});
