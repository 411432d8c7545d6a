// What an operator can do: see and replay what is parked, rebuild, verify, ask how things are.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { park } from "../../src/processor/parking.ts";
import { RangeFeed } from "../../src/processor/range-feed.ts";
import { repair } from "../../src/processor/repair.ts";
import worker from "../../src/processor/worker.ts";
import { readAccountFeed } from "../../src/views/account-feed.ts";
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
    metrics: () => env.ACCOUNT_REPAIRS.metrics(),
    sendBatch: async (messages: Iterable<MessageSendRequest<unknown>>) => {
      repairs.push(...[...messages].map(({ body }) => body));
    },
  }),
});

async function send(method: string, path: string, body?: unknown) {
  const response = await worker.fetch(
    new Request(`http://localhost${path}`, {
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

function hasRange(body: unknown): body is { readonly range: number } {
  return typeof body === "object" && body !== null && "range" in body;
}

const ALL = { after: "", upTo: null };

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
  const { events } = await readFeed(views, 0, {}, 500);
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

/** The same, each event in a chunk of its own. */
async function projectedOneByOne(count: number): Promise<string> {
  const { sendBatch } = recordSends();
  const accountNumber = `OP-${++accounts}`;
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), ...toggles(count - 1)], false);
  const { events } = await log.events(0, 500);
  sendBatch.mockRestore();
  for (const event of events) await deliver([{ accountNumber, events: [event] }]);
  return accountNumber;
}

const hasRunOf = (accountNumber: string): string => `runs -> '$."${accountNumber}"' IS NOT NULL`;

/** Adds to the feed what nobody wrote in a log, with no row that knows of it. */
async function forge(accountNumber: string, version: number): Promise<void> {
  await views
    .prepare(
      `INSERT INTO feed_chunks
       SELECT last_position + 1, last_position + 1, '[{"extra":1}]',
         json_object(?1, json_array(0, CAST(?2 AS INTEGER), 1, 0)), NULL,
         ACCOUNT_PENDING, ACCOUNT_CONFIRMED, ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED, ACCOUNT_ARCHIVED, ACCOUNT_CLOSED
       FROM feed_chunks ORDER BY last_position DESC LIMIT 1`,
    )
    .bind(accountNumber, version)
    .run();
}

async function loseViews(): Promise<void> {
  await views.batch(["accounts", "feed_chunks"].map((table) => views.prepare(`DELETE FROM ${table}`)));
}

async function loseFeed(): Promise<void> {
  await views.prepare("DELETE FROM feed_chunks").run();
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

  it("makes rows anew that were lost, and leaves the feed as it is", async () => {
    const made = [await projectedAccount(3), await projectedAccount(2)];
    const log = env.ACCOUNT_LOGS.getByName(made[0] ?? "");
    recordSends();
    await log.execute([request({ type: "confirm" })], false);
    await deliver([{ accountNumber: made[0], events: (await log.events(3, 10)).events }]);
    await views.exec("DELETE FROM accounts");
    await post("/v1/operations/rebuilds");
    await deliverRepairs();
    await expectProjected(...made);
    await post("/v1/operations/rebuilds");
    expect(repairs).toMatchObject([{ isFeedWhole: true }]);
  });

  it("goes over more accounts than fit one range, each of them once", async () => {
    const numbers = Array.from({ length: 120 }, (_, index) => `WALK-${String(index).padStart(3, "0")}`);
    await env.OPERATIONS.prepare("INSERT INTO directory SELECT value FROM json_each(?1)")
      .bind(JSON.stringify(numbers))
      .run();
    const { body } = await post("/v1/operations/rebuilds");

    expect(repairs).toHaveLength(3);
    expect(body.total).toBe(120);
    const { results } = await env.OPERATIONS.prepare(
      "SELECT after, up_to, accounts FROM walk_ranges ORDER BY range",
    ).all();
    expect(results).toEqual([
      { after: "", up_to: "WALK-049", accounts: 50 },
      { after: "WALK-049", up_to: "WALK-099", accounts: 50 },
      { after: "WALK-099", up_to: null, accounts: 20 },
    ]);
    await deliverRepairs();
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body).toMatchObject({
      status: "done",
      done: 120,
    });
  });

  it("of very many accounts is sent bit by bit, and goes on by itself", async () => {
    await env.OPERATIONS.prepare(
      `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 100100)
       INSERT INTO directory SELECT printf('MANY-%06d', number) FROM numbers`,
    ).run();
    const { body } = await post("/v1/operations/rebuilds");
    const ranges = () => repairs.flatMap((body) => (hasRange(body) ? [body.range] : []));
    expect(ranges()).toHaveLength(2_000);
    const others = repairs.filter((body) => !hasRange(body));
    expect(others).toEqual([{ walk: body.id }]);

    // Twice, as a queue may.
    await deliver([...others, ...others], views, "account-repairs", bindings());
    expect(ranges()).toEqual(Array.from({ length: 2_002 }, (_, range) => range));
    expect(repairs).toHaveLength(2_003);
  });

  it.each([
    ["", [2, 3]],
    [", also where it comes to be as long as it was", [3]],
  ])("of one account twice at once adds what the feed lacks once%s", async (_, counts) => {
    const numbers: string[] = [];
    for (const count of counts) numbers.push(await projectedAccount(count));
    const accountNumber = numbers.at(-1) ?? "";
    await loseFeed();
    const again = () => repair(env, accountNumber, new RangeFeed(views, ALL, false));
    await Promise.allSettled([again(), again(), again()]);
    await expectProjected(accountNumber);
  });

  it("started twice is one, and sends again what may be lost", async () => {
    const accountNumber = await projectedAccount(4);
    await loseViews();
    const first = await post("/v1/operations/rebuilds");
    repairs = [];
    const second = await post("/v1/operations/rebuilds");
    expect(second.body.id).toBe(first.body.id);
    expect(repairs).toEqual([]);

    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 31_000);
    await post("/v1/operations/rebuilds");
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

    const walk = (await get(`/v1/operations/rebuilds/${body.id}`)).body;
    expect(walk).toMatchObject({ status: "done", found: 1, mended: 0 });
    expect(walk.differences).toMatchObject([{ accountNumber: bad, field: "event 2" }]);
    await expectProjected(good);
    expect((await readAccount(views, bad))?.version).toBe(1);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([
      { accountNumber: bad, version: 2, attempts: 1 },
    ]);
  });

  it("leaves a row alone that is further than what can be folded now", async () => {
    const bad = await projectedAccount(3);
    const before = await readAccount(views, bad);
    await storageOf(bad, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 2");
    });
    await post("/v1/operations/rebuilds");
    await deliverRepairs();
    expect(await readAccount(views, bad)).toEqual(before);
  });

  it("goes on after an account whose log can't be read, having tried, and says so", async () => {
    const [bad, good] = [await projectedAccount(3), await projectedAccount(3)];
    await storageOf(bad, ({ sql }) => {
      sql.exec("UPDATE events SET data = '{' WHERE version = 2");
    });
    await loseViews();
    const { body } = await post("/v1/operations/rebuilds");
    const messages = repairs.splice(0);
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect((await deliver(messages, views, "account-repairs", {}, attempt)).retried).toEqual([0]);
    }
    expect((await deliver(messages, views, "account-repairs", {}, 5)).acked).toEqual([0]);

    const walk = (await get(`/v1/operations/rebuilds/${body.id}`)).body;
    expect(walk).toMatchObject({ status: "done", found: 1 });
    expect(walk.differences).toMatchObject([{ accountNumber: bad, field: "log" }]);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([{ accountNumber: bad }]);
    expect((await readAccount(views, good))?.version).toBe(3);
  });

  it("comes to the end of a log to which events are projected all the while it is read", async () => {
    const accountNumber = await projectedAccount(200);
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    const { sendBatch } = recordSends();
    await log.execute(toggles(101).slice(1), false);
    sendBatch.mockRestore();
    const moveOn = async (): Promise<void> => {
      const { events } = await log.events((await readAccount(views, accountNumber))?.version ?? 0, 1);
      await deliver([{ accountNumber, events }]);
    };
    const busy = {
      getByName: () => ({
        ...log,
        events: async (after: number, limit: number) => {
          const slice = await log.events(after, limit);
          await moveOn();
          return slice;
        },
      }),
    };
    expect(
      await repair({ ...bindings(), ACCOUNT_LOGS: busy }, accountNumber, new RangeFeed(views, ALL, true)),
    ).toBe(300);
    await expectProjected(accountNumber);
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
        `UPDATE feed_chunks SET events = json_set(events, '$[1].type', 'WRONG') WHERE ${hasRunOf(wrong)}`,
        `DELETE FROM accounts WHERE account_number = '${missing}'`,
        `UPDATE accounts SET version = 2 WHERE account_number = '${late}'`,
        `INSERT INTO accounts SELECT '${extra}', user_id, status, default_account, created_at, last_modified, version,
           projection, feed_position FROM accounts WHERE account_number = '${late}'`,
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

  it("reports each difference of an account that is wrong throughout, page by page", async () => {
    const accountNumber = await projectedAccount(100);
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec(
        `WITH RECURSIVE more (version) AS (SELECT 101 UNION ALL SELECT version + 1 FROM more WHERE version < 1200)
         INSERT INTO events
           SELECT more.version, type, schema, created_at - 3600000, data, metadata, more.version, NULL, NULL
           FROM more, events WHERE events.version = 99 + more.version % 2`,
      );
    });
    await post(`/v1/operations/rebuilds`);
    await deliverRepairs();
    await loseFeed();

    const walk = await verify();
    // Beside the events the total, which was kept with them.
    expect(walk.found).toBe(1_201);
    let page = await get(walk._links.differences.href);
    const fields = page.body.items.map(({ field }: { field: string }) => field);
    while (page.body._links.next !== undefined) {
      page = await get(page.body._links.next.href);
      fields.push(...page.body.items.map(({ field }: { field: string }) => field));
    }
    expect(fields).toHaveLength(1_201);
    expect(new Set(fields)).toEqual(
      new Set(["total ACCOUNT_PENDING", ...Array.from({ length: 1_200 }, (_, index) => `feed ${index + 1}`)]),
    );

    const mended = await verify({ repair: true });
    expect(mended).toMatchObject({ found: mended.mended });
    expect(mended.found).toBeGreaterThanOrEqual(1_200);
    expect((await verify()).found).toBe(0);
  });

  it("takes fewer queries for a whole range that has to be mended than D1 allows one invocation", async () => {
    const numbers: string[] = [];
    for (let count = 0; count < 50; count++) numbers.push(await projectedAccount(3));
    await views.exec("UPDATE accounts SET user_id = 99");
    const started = await post("/v1/operations/verifications", { repair: true });
    expect(repairs).toHaveLength(1);
    let queries = 0;
    const counting = (database: D1Database): D1Database =>
      Object.assign(Object.create(database), {
        prepare: (query: string) => {
          queries += 1;
          return database.prepare(query);
        },
        batch: (statements: D1PreparedStatement[]) => database.batch(statements),
      });
    const changed = { OPERATIONS: counting(env.OPERATIONS) };
    expect((await deliver(repairs, counting(views), "account-repairs", changed)).acked).toEqual([0]);

    // D1 documentation, "Limits".
    expect(queries).toBeLessThan(1_000);
    expect((await get(started.headers.get("Location") ?? "")).body).toMatchObject({ done: 50, mended: 50 });
    await expectProjected(...numbers);
  });

  it("keeps differences that are too large to be written at once", async () => {
    const accountNumber = await projectedAccount(200);
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE events SET metadata = json_set(metadata, '$.actor', ?)", "x".repeat(10_000));
    });
    expect(await verify()).toMatchObject({ status: "done", found: 200 });
  });

  it("says of a log that does not fold that it does not, and goes on", async () => {
    const [bad, good] = [await projectedAccount(3), await projectedAccount(3)];
    await storageOf(bad, ({ sql }) => {
      sql.exec("UPDATE events SET type = 'ACCOUNT_CREATED' WHERE version = 2");
    });
    const found = await verify();

    expect(found).toMatchObject({ status: "done", done: 2 });
    expect(found.differences).toMatchObject([
      { accountNumber: bad, field: "feed 2" },
      { accountNumber: bad, field: "fold", view: 2, log: `Error: ${bad}:2: an account is created once` },
    ]);
    await expectProjected(good);
  });

  it("finds what is in the feed and in no log, and what is no event at all", async () => {
    const accountNumber = await projectedAccount(2);
    await forge(accountNumber, 99);
    await forge("OP-NOBODY", 1);
    await views.exec(
      `UPDATE feed_chunks SET events = json_set(events, '$[0]', 'x') WHERE first_position = 1`,
    );
    const { differences } = await verify();
    expect(differences).toMatchObject([
      { accountNumber, field: "feed 1", view: "null" },
      { accountNumber, field: "feed 99", log: null },
      { accountNumber: "OP-NOBODY", field: "feed 1", log: null },
    ]);
    expect(await verify({ repair: true })).toMatchObject({ found: 3, mended: 1 });
  });

  it("tells of what can't be mended: an event missing in the middle of the feed comes at its end", async () => {
    const accountNumber = await projectedOneByOne(4);
    await views.exec("DELETE FROM feed_chunks WHERE last_position = 2");
    const { differences } = await verify({ repair: true });
    expect(differences).toMatchObject([
      { field: "feed 2", mended: true },
      { field: "feed 3 position", mended: false },
    ]);
    // All of it is found again without looking through the feed.
    expect((await readAccountFeed(views, accountNumber, 0, 10)).map(({ version }) => version)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it("puts an event where it was, when its place in the feed is still there", async () => {
    await projectedOneByOne(3);
    await views.exec("UPDATE feed_chunks SET events = '[null]' WHERE last_position = 2");
    expect((await verify({ repair: true })).differences).toMatchObject([{ field: "feed 2", mended: true }]);
    expect((await verify()).differences).toEqual([]);
  });

  it("finds an event that the feed has twice, which can't be taken out of it", async () => {
    const accountNumber = await projectedAccount(3);
    await forge(accountNumber, 2);
    await views.exec(
      `UPDATE feed_chunks SET events = (SELECT json_array(json(events -> 1)) FROM feed_chunks WHERE first_position = 1)
       WHERE last_position = 4`.replaceAll("\n", " "),
    );
    const { differences } = await verify({ repair: true });
    expect(differences).toMatchObject([
      { accountNumber, field: "feed 2 again", view: 4, log: null, mended: false },
    ]);
  });

  it("finds one event in the place of another", async () => {
    const accountNumber = await projectedAccount(3);
    await views.exec("UPDATE feed_chunks SET events = json_set(events, '$[1]', events -> 2)");
    const { differences } = await verify({ repair: true });
    expect(differences).toMatchObject([{ accountNumber, field: "feed 2", mended: true }]);
    await expectProjected(accountNumber);
  });

  it("finds the feed's end cut off, and adds it again", async () => {
    const accountNumber = await projectedOneByOne(5);
    await views.exec("DELETE FROM feed_chunks WHERE last_position > 2");
    const { differences } = await verify({ repair: true });
    expect(differences.map(({ field }: { field: string }) => field)).toEqual(["feed 3", "feed 4", "feed 5"]);
    await expectProjected(accountNumber);
    expect((await verify()).differences).toEqual([]);
  });

  it("that is interrupted after it mended still tells what it did", async () => {
    const accountNumber = await projectedAccount(2);
    await views.exec(`UPDATE accounts SET user_id = 99 WHERE account_number = '${accountNumber}'`);
    const started = await post("/v1/operations/verifications", { repair: true });
    const messages = repairs.splice(0);
    await env.OPERATIONS.exec("ALTER TABLE walk_ranges RENAME COLUMN events TO no_events");
    expect((await deliver(messages, views, "account-repairs")).retried).toEqual([0]);
    await env.OPERATIONS.exec("ALTER TABLE walk_ranges RENAME COLUMN no_events TO events");
    await deliver(messages, views, "account-repairs");
    expect((await get(started.headers.get("Location") ?? "")).body).toMatchObject({
      status: "done",
      differences: [{ accountNumber, field: "userId", view: 99, log: 1, mended: true }],
    });
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
        messageId: null,
        _links: { replay: { href: `/v1/operations/parked/${accountNumber}/replay` } },
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

  it("is listed page by page, each once, however many wait since the same moment", async () => {
    await env.OPERATIONS.prepare(
      `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 1001)
       INSERT INTO parked SELECT printf('PARKED-%04d', number), 1, 'Broken', 1000 + number / 700, 1 FROM numbers`,
    ).run();
    const numbers: string[] = [];
    for (let next: string | undefined = "/v1/operations/parked"; next !== undefined; ) {
      const { body }: Awaited<ReturnType<typeof get>> = await get(next);
      expect(body.total).toBe(1_001);
      numbers.push(...body.items.map((item: { accountNumber: string }) => item.accountNumber));
      next = body._links.next?.href;
    }
    expect(numbers).toHaveLength(1_001);
    expect(new Set(numbers).size).toBe(1_001);
    expect((await get("/v1/operations/parked?cursor=x")).status).toBe(400);
    expect((await get("/v1/operations/parked?limit=1")).status).toBe(400);
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
    const { items: left } = (await get("/v1/operations/parked")).body;
    expect(left).toHaveLength(1);

    const path = `/v1/operations/messages/${left[0].messageId}`;
    expect((await get(path)).body).toMatchObject({ accountNumber: null, body: '"noise"' });
    expect(
      (await worker.fetch(new Request(`http://localhost${path}`, { method: "DELETE" }), bindings())).status,
    ).toBe(204);
    expect((await get(path)).status).toBe(404);
    expect((await get("/v1/operations/parked")).body).toMatchObject({ items: [], total: 0 });
  });

  it("keeps a message of an account that has no log, and one of any size", async () => {
    const bytes = new Uint8Array(127_000).fill(7).buffer;
    expect((await deliver([{ accountNumber: "OP-NONE", events: 1 }, bytes])).acked).toEqual([0, 1]);
    await post("/v1/operations/parked/OP-NONE/replay");
    expect((await get("/v1/operations/parked")).body.total).toBe(2);
  });

  it("is in the directory, also when no view has it", async () => {
    await park(env.OPERATIONS, "OP-UNSEEN", { version: 1, message: "The views were away" });
    expect((await post("/v1/operations/rebuilds")).body.total).toBe(1);
  });

  it("has an account whose own log does not answer, while it goes on being tried", async () => {
    const accountNumber = await projectedAccount(2);
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    const { sendBatch } = recordSends();
    await log.execute([request({ type: "confirm" }), request({ type: "activate" })], false);
    sendBatch.mockRestore();
    const message = { accountNumber, events: (await log.events(3, 1)).events };
    await storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE events SET data = '{' WHERE version = 3");
    });
    expect((await deliver([message])).retried).toEqual([0]);
    expect((await get("/v1/operations/parked")).body.items).toEqual([]);
    expect((await deliver([message], views, "account-events", {}, 5)).retried).toEqual([0]);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([{ accountNumber }]);

    await storageOf(accountNumber, ({ sql }) => {
      sql.exec("UPDATE events SET data = '{}' WHERE version = 3");
    });
    expect((await deliver([message], views, "account-events", {}, 6)).acked).toEqual([0]);
    expect((await get("/v1/operations/parked")).body.items).toEqual([]);
  });

  it("has what could not be repaired from the dead-letter queue, and lets ranges of walks go", async () => {
    const dead = [{ walk: crypto.randomUUID(), range: 0 }, { accountNumber: "OP-DEAD-REPAIR" }];
    expect((await deliver(dead, views, "account-events-dead")).acked).toEqual([0, 1]);
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([
      { accountNumber: "OP-DEAD-REPAIR" },
    ]);
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
      unpublished: { accounts: 0, oldestAt: null },
      backlog: {
        "account-events": { messages: 0, bytes: 0, oldestAt: null },
        "account-events-dead": { messages: 0, bytes: 0, oldestAt: null },
        "account-repairs": { messages: 0, bytes: 0, oldestAt: null },
      },
      parked: 0,
      inbox: { stored: 0, parked: 0 },
      liveStreams: 0,
      lastVerification: null,
      _links: { self: { href: "/v1/operations/status" } },
    });
    expect(body.lagMs.p50).toBeGreaterThanOrEqual(0);

    await post("/v1/operations/verifications");
    await deliverRepairs();
    const { lastVerification, _links } = (await get("/v1/operations/status")).body;
    expect(lastVerification).toMatchObject({ found: 0, mended: 0 });
    expect(_links["last-verification"].href).toBe(`/v1/operations/verifications/${lastVerification.id}`);
  });
});

it("the status tells of accounts whose events the queue does not take, until it does", async () => {
  const { sendBatch } = recordSends();
  sendBatch.mockRejectedValue(new Error("Queue overloaded"));
  vi.spyOn(console, "error").mockReturnValue();
  const log = env.ACCOUNT_LOGS.getByName("OP-UNSENT");
  const [outcome] = await log.execute([request(CREATE)], false);
  await runDurableObjectAlarm(log);
  const createdAt = outcome?.kind === "accepted" ? outcome.account.createdAt : 0;
  expect((await get("/v1/operations/status")).body.unpublished).toEqual({ accounts: 1, oldestAt: createdAt });

  sendBatch.mockResolvedValue(undefined);
  await runDurableObjectAlarm(log);
  expect((await get("/v1/operations/status")).body.unpublished).toEqual({ accounts: 0, oldestAt: null });
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
