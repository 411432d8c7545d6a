// A rebuild: every account's views made anew from its log.

import { env } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readStatusTotals } from "../../src/views/status-totals.ts";
import { recordSends, storageOf } from "../workerd/account-objects.ts";
import { request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { freshNumber } from "../workerd/reacting.ts";
import {
  bindings,
  countQueriesOfRepairs,
  deliverRepairs,
  expectProjected,
  get,
  hasRange,
  loseViews,
  post,
  projectedAccount,
  repairs,
  useOperations,
} from "./operator.ts";

const views = useOperations();

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

  it("reads and writes ten accounts with the queries of one, where the feed is whole", async () => {
    const made: string[] = [];
    for (let count = 1; count <= 10; count++) made.push(await projectedAccount(count));
    await views.prepare("UPDATE accounts SET projection = 0, last_modified = 0").run();
    await post("/v1/operations/rebuilds");
    const statement = Object.getPrototypeOf(views.prepare("SELECT 1"));
    const asked = (["all", "first", "run", "raw"] as const).map((method) => vi.spyOn(statement, method));
    const batch = vi.spyOn(Object.getPrototypeOf(views), "batch");
    await deliverRepairs();
    const queries = [...asked, batch].reduce((sum, { mock }) => sum + mock.calls.length, 0);

    // Its own ten, six for the ten accounts, and those of a batch.
    expect(queries).toBeLessThan(20);
    await expectProjected(...made);
    expect(await views.prepare("SELECT DISTINCT projection FROM accounts").raw()).toEqual([[1]]);
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
      { after: "", up_to: "WALK-039", accounts: 40 },
      { after: "WALK-039", up_to: "WALK-079", accounts: 40 },
      { after: "WALK-079", up_to: null, accounts: 40 },
    ]);
    await deliverRepairs();
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body).toMatchObject({
      status: "done",
      done: 120,
    });
  });

  it("of very many accounts is sent bit by bit, and goes on by itself", async () => {
    await env.OPERATIONS.prepare(
      `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 80080)
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

  it("of accounts that the directory lost is a range for all, and takes two queries for each at most", async () => {
    const made: string[] = [];
    for (let count = 0; count < 45; count++) made.push(await projectedAccount(1));
    await env.OPERATIONS.exec("DELETE FROM directory");
    await views.exec("UPDATE accounts SET projection = 0");
    const { body } = await post("/v1/operations/rebuilds");
    expect(repairs).toHaveLength(1);

    // And its own ten.
    expect(await countQueriesOfRepairs()).toBeLessThanOrEqual(2 * made.length + 10);
    expect(repairs).toEqual([]);
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body).toMatchObject({
      status: "done",
      events: made.length,
    });
    expect(await env.OPERATIONS.prepare("SELECT account_number FROM directory").raw()).toHaveLength(45);
    await expectProjected(...made);
  });

  it("goes on in another message before queries run out, where accounts of one range each take many", async () => {
    const { body } = await post("/v1/operations/rebuilds");
    // They came while it ran, and have no logs, so none can be dealt with beside others.
    const numbers = Array.from({ length: 90 }, () => freshNumber());
    await env.OPERATIONS.prepare("INSERT INTO directory SELECT value FROM json_each(?1)")
      .bind(JSON.stringify(numbers))
      .run();
    const sent: number[] = [];
    for (; repairs.length > 0; sent.push(repairs.length)) {
      // D1 documentation, "Limits".
      expect(await countQueriesOfRepairs()).toBeLessThan(1_000);
    }

    expect(sent).toEqual([1, 1, 0]);
    expect((await get(`/v1/operations/rebuilds/${body.id}`)).body.status).toBe("done");
  });

  it("started twice is one, and sends again what may be lost", async () => {
    const accountNumber = await projectedAccount(4);
    await loseViews();
    const first = await post("/v1/operations/rebuilds");
    repairs.length = 0;
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
});
