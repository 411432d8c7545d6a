// Subscribing over HTTP: what is taken, what is refused, and what a subscription looks like.

import { createExecutionContext, env, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Clock, seeToLost } from "../../../src/processor/clock.ts";
import { SubscriptionObject } from "../../../src/processor/subscriptions/subscription-object.ts";
import worker from "../../../src/processor/worker.ts";
import { readFollowers, unmarkFollowed } from "../../../src/views/followed.ts";
import { event, recorded } from "../../account/given.ts";
import { addToFeed } from "../../workerd/feed.ts";
import { deliver } from "../../workerd/queue.ts";
import { useEmptyViews } from "../../workerd/views.ts";

const views = useEmptyViews();
beforeEach(async () => {
  vi.spyOn(console, "log").mockReturnValue();
  await addToFeed(views, recorded([event.created(), event.confirmed, event.activated]));
});
afterEach(() => vi.restoreAllMocks());

async function send(method: string, path: string, body?: unknown) {
  const init =
    body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await worker.fetch(
    new Request(`http://localhost${path}`, { method, ...init }),
    env,
    createExecutionContext(),
  );
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const reply: any = text === "" ? null : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: reply };
}

const URL_OF_RECEIVER = "https://example.com/events";
const subscribe = (members: object = {}) =>
  send("POST", "/v1/subscriptions", { url: URL_OF_RECEIVER, ...members });

describe("subscribing", () => {
  it("answers where the subscription is, and its secret this once", async () => {
    const created = await subscribe({ types: ["ACCOUNT_CLOSED", "ACCOUNT_CLOSED"] });
    expect(created.status).toBe(201);
    const path = `/v1/subscriptions/${created.body.id}`;
    expect(created.headers.get("Location")).toBe(path);
    expect(created.headers.get("Cache-Control")).toBe("no-store");
    const { secret, ...shown } = created.body;
    expect(secret).toMatch(/^whsec_/);
    expect(shown).toEqual({
      id: created.body.id,
      url: URL_OF_RECEIVER,
      types: ["ACCOUNT_CLOSED"],
      state: "active",
      createdAt: expect.any(Number),
      position: 3,
      lag: 0,
      lastDelivery: null,
      lastFailure: null,
      nextAttemptAt: null,
      retrying: 0,
      parked: 0,
      _links: {
        self: { href: path },
        secret: { href: `${path}/secret` },
        parked: { href: `${path}/parked` },
        replay: { href: `${path}/parked/replay` },
      },
    });
    expect((await send("GET", path)).body).toEqual(shown);
    const page = await send("GET", "/v1/subscriptions");
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    expect(page.body).toEqual({ items: [shown], _links: { self: { href: "/v1/subscriptions" } } });
  });

  it("begins after a position of the feed, and wakes what has to catch up", async () => {
    expect((await subscribe({ after: 3 })).body).toMatchObject({ position: 3, lag: 0 });
    const { body } = await subscribe({ after: 0, types: ["NEVER_HAPPENS"] });
    expect(body).toMatchObject({ position: 0, lag: 3 });
    await vi.waitFor(async () => {
      expect((await send("GET", `/v1/subscriptions/${body.id}`)).body.lag).toBe(0);
    });
    expect(await runDurableObjectAlarm(env.SUBSCRIPTIONS.getByName(body.id))).toBe(false);
  });

  it("is what makes batches look who wants their events, until the last one is gone", async () => {
    // It would see to the mark that is taken away here, on a machine so busy that it ticks meanwhile.
    vi.spyOn(Clock.prototype, "alarm").mockResolvedValue();
    const wake = vi.spyOn(SubscriptionObject.prototype, "wake").mockResolvedValue();
    const asked = vi.spyOn(env.OPERATIONS, "prepare");
    let accounts = 0;
    /** Whether the batch of an account's first event looked, and woke who wants it. */
    const looksAndWakes = async (): Promise<boolean> => {
      wake.mockClear();
      asked.mockClear();
      const accountNumber = `S-${++accounts}`;
      const [created] = recorded([event.created()]);
      await deliver([{ accountNumber, events: [{ ...created, accountNumber, id: `${accountNumber}:1` }] }]);
      const hasLooked = asked.mock.calls.some(([query]) => query.includes("subscriptions"));
      if (hasLooked) await vi.waitFor(() => expect(wake).toHaveBeenCalledOnce());
      return hasLooked;
    };
    await seeToLost(env);
    expect(await looksAndWakes()).toBe(false);
    const { body } = await subscribe({ url: "http://localhost:9/", types: ["ACCOUNT_CREATED"] });
    await vi.waitFor(async () => expect((await readFollowers(views)).subscriptions).toBe(true));
    expect(await looksAndWakes()).toBe(true);
    await views.exec("DELETE FROM followed");
    expect(await looksAndWakes()).toBe(false);
    await seeToLost(env);
    expect(await looksAndWakes()).toBe(true);
    await send("DELETE", `/v1/subscriptions/${body.id}`);
    await seeToLost(env);
    expect(await looksAndWakes()).toBe(false);
  });

  it("is answered with its secret before the views have taken their mark, and begins when they have", async () => {
    await unmarkFollowed(views, "subscriptions");
    const wake = vi.spyOn(SubscriptionObject.prototype, "wake").mockResolvedValue();
    const { promise: free, resolve: end } = Promise.withResolvers<void>();
    const prepare = views.prepare.bind(views);
    vi.spyOn(views, "prepare").mockImplementation((query) => {
      const statement = prepare(query);
      if (!query.startsWith("INSERT INTO followed")) return statement;
      const bind = statement.bind.bind(statement);
      return Object.assign(statement, {
        bind: (...values: unknown[]) => ({ run: () => free.then(() => bind(...values).run()) }),
      });
    });
    const { body } = await subscribe({ url: "http://localhost:9/", after: 0 });
    expect(body.secret).toMatch(/^whsec_/);
    expect(wake).not.toHaveBeenCalled();
    end();
    await vi.waitFor(() => expect(wake).toHaveBeenCalledOnce());
  });

  it("is answered though the views take no writes just then, and goes on with the clock", async () => {
    await unmarkFollowed(views, "subscriptions");
    const wake = vi.spyOn(SubscriptionObject.prototype, "wake").mockResolvedValue();
    vi.spyOn(console, "error").mockReturnValue();
    const prepare = views.prepare.bind(views);
    const failing = vi.spyOn(views, "prepare").mockImplementation((query) => {
      if (query.startsWith("INSERT INTO followed")) throw new Error("D1_ERROR: database is full");
      return prepare(query);
    });
    const { status, body } = await subscribe({ url: "http://localhost:9/", after: 0 });
    expect(status).toBe(201);
    expect(body.secret).toMatch(/^whsec_/);
    expect(wake).not.toHaveBeenCalled();
    await seeToLost(env);
    expect(wake).toHaveBeenCalledOnce();
    expect((await readFollowers(views)).subscriptions).toBe(false);
    failing.mockRestore();
    await seeToLost(env);
    expect((await readFollowers(views)).subscriptions).toBe(true);
  });

  it.each([
    [{ url: "http://example.com/" }, "/url"],
    [{ url: 1 }, "/url"],
    [{ types: [] }, "/types"],
    [{ types: "ACCOUNT_CLOSED" }, "/types"],
    [{ types: ["account_closed"] }, "/types/0"],
    [{ types: Array(51).fill("A") }, "/types"],
    [{ after: -1 }, "/after"],
    [{ after: 1.5 }, "/after"],
    [{ after: 4 }, "/after"],
    [{ secret: "whsec_mine" }, "/secret"],
    [{ state: "active" }, "/state"],
  ])("refuses %j", async (members, pointer) => {
    const { status, body } = await subscribe(members);
    expect([status, body.code, body.errors[0].pointer]).toEqual([400, "invalid-request", pointer]);
    expect((await send("GET", "/v1/subscriptions")).body.items).toEqual([]);
  });

  it("takes a receiver on this machine where the service is open to this machine", async () => {
    expect((await subscribe({ url: "http://localhost:1234/" })).status).toBe(201);
  });

  it("is refused where there are as many as there may be", async () => {
    const ids = Array.from({ length: 500 }, (_, index) => `S-${index}`);
    await env.OPERATIONS.prepare(
      `INSERT INTO subscriptions (id, url, secret, created_at, position)
       SELECT value, 'https://example.com/', 'whsec_', 0, 0 FROM json_each(?1)`,
    )
      .bind(JSON.stringify(ids))
      .run();
    expect(await subscribe()).toMatchObject({ status: 409, body: { code: "too-many-subscriptions" } });
  });
});

describe("a subscription's routes", () => {
  it("replace its secret, and tell the new one this once", async () => {
    const { body } = await subscribe();
    const rotated = await send("POST", `/v1/subscriptions/${body.id}/secret`, {});
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(body.secret);
    const shown = JSON.stringify((await send("GET", `/v1/subscriptions/${body.id}`)).body);
    expect(shown).not.toContain("whsec_");
  });

  it.each([
    ["GET", "/v1/subscriptions/none", 404],
    ["DELETE", "/v1/subscriptions/none", 404],
    ["POST", "/v1/subscriptions/none/secret", 404],
    ["GET", "/v1/subscriptions/none/parked", 404],
    ["POST", "/v1/subscriptions/none/parked/replay", 404],
    ["POST", "/v1/subscriptions/none/parked/123456/replay", 404],
    ["PUT", "/v1/subscriptions", 405],
    ["POST", "/v1/subscriptions/none", 405],
    ["GET", "/v1/subscriptions/none/secret", 405],
    ["DELETE", "/v1/subscriptions/none/parked", 405],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await send(method, path)).status).toBe(status);
  });
});
