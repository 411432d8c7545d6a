// What an operator can do: see and replay what is parked, rebuild, verify, ask how things are.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../src/processor/worker.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readFeed } from "../../src/views/feed.ts";
import { readStatusTotals } from "../../src/views/status-totals.ts";
import { recordSends, storageOf } from "../workerd/account-objects.ts";
import { CREATE, request, toggles } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

/** What was sent to the repairs queue and not delivered yet. */
let repairs: unknown[];
beforeEach(() => {
  repairs = [];
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

const bindings = () => ({
  ...env,
  ACCOUNT_REPAIRS: Object.assign(Object.create(env.ACCOUNT_REPAIRS), {
    sendBatch: async (messages: Iterable<MessageSendRequest<unknown>>) => {
      repairs.push(...[...messages].map(({ body }) => body));
    },
  }),
});

async function send(method: string, path: string, body?: unknown) {
  const response = await worker.fetch(
    new Request(`https://edge.test${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    }),
    bindings(),
  );
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const reply: any = await response.json();
  return { status: response.status, headers: response.headers, body: reply };
}

const get = (path: string) => send("GET", path);
const post = (path: string, body?: unknown) => send("POST", path, body);
const deliverRepairs = () => deliver(repairs.splice(0), views, "account-repairs");

let accounts = 0;

/** An account with so many events, all of them projected. */
async function projectedAccount(count: number): Promise<string> {
  const { sendBatch } = recordSends();
  const accountNumber = `OP-${++accounts}`;
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), ...toggles(count - 1)], false);
  const { events } = await log.events(0, 500);
  sendBatch.mockRestore();
  await deliver([{ accountNumber, events }]);
  return accountNumber;
}

async function expectProjected(...accountNumbers: string[]): Promise<void> {
  const { events } = await readFeed(views, 0, null, 500);
  for (const accountNumber of accountNumbers) {
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    // From the log, which some tests change behind the back of the object and its memory.
    const { account: current } = await log.atVersion((await log.events(0, 1)).currentVersion);
    expect(await readAccount(views, accountNumber)).toEqual(current);
    const own = events.filter(({ event }) => event.accountNumber === accountNumber);
    expect(own.map(({ event }) => event.version)).toEqual(
      Array.from({ length: current?.version ?? 0 }, (_, index) => index + 1),
    );
  }
  expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
}

async function loseViews(): Promise<void> {
  await views.batch(
    ["accounts", "status_totals", "feed"].map((table) => views.prepare(`DELETE FROM ${table}`)),
  );
}

describe("a rebuild", () => {
  it("restores every account, total and event after all views are lost", async () => {
    const made = [await projectedAccount(3), await projectedAccount(5), await projectedAccount(1)];
    const totals = await readStatusTotals(views);
    await loseViews();

    const started = await post("/v1/operations/rebuilds");
    expect(started.status).toBe(202);
    expect(started.body).toMatchObject({ status: "running", total: 3, done: 0 });
    await deliverRepairs();

    const done = await get(started.headers.get("Location") ?? "");
    expect(done.body).toMatchObject({ status: "done", total: 3, done: 3, events: 9, secondsLeft: 0 });
    await expectProjected(...made);
    expect(await readStatusTotals(views)).toEqual(totals);
  });

  it("goes over more accounts than fit one range, each of them once", { timeout: 60_000 }, async () => {
    const numbers = Array.from({ length: 250 }, (_, index) => `WALK-${String(index).padStart(3, "0")}`);
    await env.OPERATIONS.prepare("INSERT INTO directory SELECT value FROM json_each(?1)")
      .bind(JSON.stringify(numbers))
      .run();
    const { body } = await post("/v1/operations/rebuilds");

    expect(repairs).toHaveLength(3);
    expect(body.total).toBe(250);
    const { results } = await env.OPERATIONS.prepare(
      "SELECT after, up_to, accounts FROM walk_ranges ORDER BY range",
    ).all();
    expect(results).toEqual([
      { after: "", up_to: "WALK-099", accounts: 100 },
      { after: "WALK-099", up_to: "WALK-199", accounts: 100 },
      { after: "WALK-199", up_to: null, accounts: 50 },
    ]);
    await deliverRepairs();
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body).toMatchObject({
      status: "done",
      done: 250,
    });
  });

  it("started twice is one, and sends again what may be lost", async () => {
    const accountNumber = await projectedAccount(4);
    await loseViews();
    const first = await post("/v1/operations/rebuilds");
    repairs = [];
    const second = await post("/v1/operations/rebuilds");

    expect(second.body.id).toBe(first.body.id);
    expect(repairs).toHaveLength(1);
    await deliver([...repairs, ...repairs], views, "account-repairs");
    await deliverRepairs();
    expect((await get(`/v1/operations/rebuilds/${first.body.id}`)).body).toMatchObject({
      done: 1,
      events: 4,
    });
    await expectProjected(accountNumber);
    expect((await post("/v1/operations/rebuilds")).body.id).not.toBe(first.body.id);
  });

  it("has nothing to do where there are no accounts", async () => {
    const { body } = await post("/v1/operations/rebuilds");
    await deliverRepairs();
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body).toMatchObject({
      status: "done",
      total: 0,
    });
  });

  it("parks what can't be rebuilt, and goes on", async () => {
    const [bad, good] = [await projectedAccount(3), await projectedAccount(3)];
    await storageOf(bad, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 2");
    });
    await loseViews();
    const { body } = await post("/v1/operations/rebuilds");
    await deliverRepairs();

    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body.status).toBe("done");
    await expectProjected(good);
    expect((await readAccount(views, bad))?.version).toBe(1);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([
      { accountNumber: bad, version: 2, attempts: 1 },
    ]);
  });
});

describe("a verification", () => {
  async function verify(body?: object) {
    const started = await post("/v1/operations/verifications", body);
    await deliverRepairs();
    return (await get(started.headers.get("Location") ?? "")).body;
  }

  it("finds nothing where views are what the logs say", async () => {
    await projectedAccount(3);
    await projectedAccount(200);
    expect(await verify()).toMatchObject({ status: "done", done: 2, events: 203, differences: [] });
  });

  it("reports each difference, and with repair mends it", async () => {
    const [wrong, missing, late, extra] = [
      await projectedAccount(3),
      await projectedAccount(2),
      await projectedAccount(3),
      "OP-GHOST",
    ];
    await views.batch(
      [
        `UPDATE accounts SET status = 'ACCOUNT_ACTIVE', user_id = 99 WHERE account_number = '${wrong}'`,
        `UPDATE feed SET event = json_set(event, '$.type', 'WRONG') WHERE account_number = '${wrong}' AND version = 2`,
        `DELETE FROM accounts WHERE account_number = '${missing}'`,
        `UPDATE accounts SET version = 2 WHERE account_number = '${late}'`,
        `INSERT INTO accounts SELECT '${extra}', user_id, status, default_account, created_at, last_modified, version,
           projection FROM accounts WHERE account_number = '${late}'`,
      ].map((statement) => views.prepare(statement)),
    );
    for (const accountNumber of [missing, late]) {
      await storageOf(accountNumber, ({ sql }) => {
        sql.exec("UPDATE events SET created_at = created_at - 3600000");
      });
    }

    const found = await verify();
    const seen = found.differences.map((difference: Record<string, unknown>) => [
      difference.accountNumber,
      difference.field,
      difference.view,
      difference.log,
    ]);
    expect(seen).toEqual(
      expect.arrayContaining([
        [wrong, "status", "ACCOUNT_ACTIVE", "ACCOUNT_PENDING"],
        [wrong, "userId", 99, 1],
        [wrong, "feed 2", expect.stringContaining("WRONG"), expect.stringContaining("ACCOUNT_MADE_DEFAULT")],
        [missing, "version", 0, 2],
        [late, "version", 2, 3],
        [extra, "version", 2, 0],
        [null, "total ACCOUNT_PENDING", 3, 2],
      ]),
    );
    expect(found.differences.every(({ mended }: { mended: boolean }) => !mended)).toBe(true);

    const mended = await verify({ repair: true });
    expect(mended.differences.length).toBeGreaterThan(5);
    expect(mended).toMatchObject({ found: mended.differences.length, mended: mended.differences.length });
    expect(mended.differences.filter((difference: { mended: boolean }) => !difference.mended)).toEqual([]);
    expect((await verify()).differences).toEqual([]);
    await expectProjected(wrong, missing, late);
    expect(await readAccount(views, extra)).toBeNull();
  });

  it("says of a log that does not fold that it does not, and goes on", async () => {
    const [bad, good] = [await projectedAccount(3), await projectedAccount(3)];
    await storageOf(bad, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 2");
    });
    const found = await verify();

    expect(found).toMatchObject({ status: "done", done: 2 });
    expect(found.differences).toMatchObject([
      { accountNumber: bad, field: "fold", view: 2, log: `Error: ${bad}:2: an account is created once` },
      { accountNumber: bad, field: "feed 2" },
    ]);
    await expectProjected(good);
  });

  it("puts accounts into the directory again that only the views know", async () => {
    const accountNumber = await projectedAccount(2);
    await env.OPERATIONS.exec("DELETE FROM directory");
    await verify();
    expect(await env.OPERATIONS.prepare("SELECT account_number FROM directory").first("account_number")).toBe(
      accountNumber,
    );
  });

  it("does not take for a difference what is on its way", async () => {
    const accountNumber = await projectedAccount(2);
    recordSends();
    await env.ACCOUNT_LOGS.getByName(accountNumber).execute([request({ type: "confirm" })], false);
    expect((await verify()).differences).toEqual([]);
  });

  it("takes no members but repair", async () => {
    expect((await post("/v1/operations/verifications", { mend: true })).body.errors).toEqual([
      { pointer: "/mend", detail: "Unknown here" },
    ]);
  });
});

describe("what is parked", () => {
  async function parkedAccount(): Promise<string> {
    const accountNumber = await projectedAccount(2);
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec(
        "INSERT INTO events SELECT 3, 'ACCOUNT_CREATED', schema, created_at, data, metadata, 3, NULL, NULL FROM events WHERE version = 2",
      );
    });
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    await deliver([{ accountNumber, events: (await log.events(2, 1)).events }]);
    return accountNumber;
  }
  const heal = (accountNumber: string) =>
    storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_CONFIRMED', data = '{}' WHERE version = 3");
    });

  it("is seen, with the reason, and replayed once it can be applied", async () => {
    const accountNumber = await parkedAccount();
    const { items } = (await get("/v1/operations/parked")).body;
    expect(items).toEqual([
      {
        accountNumber,
        function: null,
        version: 3,
        reason: `${accountNumber}:3: an account is created once`,
        at: expect.any(Number),
        attempts: 1,
      },
    ]);

    const path = `/v1/operations/parked/${accountNumber}/replay`;
    expect((await post(path)).body).toEqual({ accountNumber, version: 2, parked: true });
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([{ attempts: 2 }]);
    await heal(accountNumber);
    expect((await post(path)).body).toEqual({ accountNumber, version: 3, parked: false });
    expect((await get("/v1/operations/parked")).body.items).toEqual([]);
    await expectProjected(accountNumber);
    expect((await post(path)).status).toBe(404);
  });

  it("is replayed all at once", async () => {
    const parked = [await parkedAccount(), await parkedAccount()];
    for (const accountNumber of parked) await heal(accountNumber);
    expect(await post("/v1/operations/parked/replay")).toMatchObject({ status: 202, body: { replaying: 2 } });
    await deliverRepairs();

    expect((await get("/v1/operations/parked")).body.items).toEqual([]);
    await expectProjected(...parked);
  });

  it("has messages that can't be read among it, until the log has told what they would have", async () => {
    const accountNumber = await projectedAccount(2);
    await deliver([{ accountNumber, events: "all of them" }, "noise"]);
    const { items } = (await get("/v1/operations/parked")).body;
    expect(items.map((item: { accountNumber: string | null }) => item.accountNumber).toSorted()).toEqual([
      accountNumber,
      null,
    ]);
    expect((await post(`/v1/operations/parked/${accountNumber}/replay`)).body.parked).toBe(false);
    expect((await get("/v1/operations/parked")).body.items).toHaveLength(1);
  });

  it("comes from the dead-letter queue too, where a part still does not answer", async () => {
    const { sendBatch } = recordSends();
    const log = env.ACCOUNT_LOGS.getByName("OP-DEAD");
    await log.execute([request(CREATE)], false);
    sendBatch.mockRestore();
    const message = { accountNumber: "OP-DEAD", events: (await log.events(0, 10)).events };
    const failing: D1Database = Object.assign(Object.create(views), {
      prepare: (query: string) => views.prepare(query),
      batch: () => Promise.reject(new Error("D1_ERROR: overloaded")),
    });

    expect((await deliver([message], failing, "account-events-dead")).acked).toEqual([0]);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([
      { accountNumber: "OP-DEAD", version: 1, reason: "D1_ERROR: overloaded" },
    ]);
    expect((await deliver([message], views, "account-events-dead")).acked).toEqual([0]);
    await expectProjected("OP-DEAD");
  });
});

describe("the status", () => {
  it("tells positions, lag, backlog, parked accounts and the last verification", async () => {
    await projectedAccount(3);
    const { body } = await get("/v1/operations/status");
    expect(body).toEqual({
      feedPosition: 3,
      lagMs: { p50: expect.any(Number), p99: expect.any(Number), events: 3 },
      backlog: { messages: 0, bytes: 0, oldestAt: null },
      parked: 0,
      lastVerification: null,
    });
    expect(body.lagMs.p50).toBeGreaterThanOrEqual(0);

    await post("/v1/operations/verifications");
    await deliverRepairs();
    expect((await get("/v1/operations/status")).body.lastVerification).toMatchObject({ found: 0, mended: 0 });
  });
});

describe("the operations routes", () => {
  it.each([
    ["GET", "/v1/operations/rebuilds", 405],
    ["POST", "/v1/operations/status", 405],
    ["GET", "/v1/operations/rebuilds/none", 404],
    ["GET", "/v1/operations/verifications/none", 404],
    ["POST", "/v1/operations/parked/NOBODY/replay", 404],
    ["POST", "/v1/operations/parked/a%20b/replay", 404],
    ["GET", "/v1/operations/nothing", 404],
  ])("%s %s is %i", async (method, path, status) => {
    expect((await send(method, path)).status).toBe(status);
  });
});
