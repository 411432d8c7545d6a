// A verification: what views say, compared with the logs, and mended where that is asked for.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { readAccountFeed } from "../../src/views/account-feed.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { recordSends, rewriteLog, storageOf } from "../workerd/account-objects.ts";
import { request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import {
  bindings,
  countQueriesOfRepairs,
  deliverRepairs,
  expectProjected,
  get,
  hasRunOf,
  loseFeed,
  post,
  projectedAccount,
  projectedOneByOne,
  repairs,
  useOperations,
  verify,
} from "./operator.ts";

const views = useOperations();

describe("a verification", () => {
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
    await rewriteLog(
      accountNumber,
      `WITH RECURSIVE more (version) AS (SELECT 101 UNION ALL SELECT version + 1 FROM more WHERE version < 1200)
       INSERT INTO events
         SELECT more.version, type, schema, created_at - 3600000, data, metadata, more.version, NULL, NULL
         FROM more, events WHERE events.version = 99 + more.version % 2`,
    );
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
    for (let count = 0; count < 40; count++) numbers.push(await projectedAccount(3));
    await views.exec("UPDATE accounts SET user_id = 99");
    const started = await post("/v1/operations/verifications", { repair: true });
    expect(repairs).toHaveLength(1);
    // D1 documentation, "Limits".
    expect(await countQueriesOfRepairs()).toBeLessThan(1_000);
    expect((await get(started.headers.get("Location") ?? "")).body).toMatchObject({ done: 40, mended: 40 });
    await expectProjected(...numbers);
  });

  it("finds an account whose row does not lead to its events in the feed, and leads it there again", async () => {
    const [accountNumber, other] = [await projectedOneByOne(3), await projectedAccount(2)];
    await views
      .prepare("UPDATE accounts SET feed_position = 0 WHERE account_number = ?1")
      .bind(accountNumber)
      .run();
    expect(await verify()).toMatchObject({ found: 1, differences: [{ accountNumber, field: "feed chain" }] });
    expect(await verify({ repair: true })).toMatchObject({ found: 1, mended: 1 });
    expect(await verify()).toMatchObject({ found: 0 });
    expect(await readAccountFeed(views, accountNumber, 0, 10)).toHaveLength(3);
    await expectProjected(accountNumber, other);
  });

  it("finds what the feed says of an account beyond its own events, which are right", async () => {
    const accountNumber = await projectedAccount(2);
    await projectedAccount(1);
    await views
      .prepare(
        `UPDATE feed_chunks SET runs = json_set(runs, '$."${accountNumber}"[2]', 3) WHERE ${hasRunOf(accountNumber)}`,
      )
      .run();
    expect((await verify()).found).toBeGreaterThan(0);
  });

  it("of very long logs goes on in another message, behind the accounts that are done", async () => {
    const numbers: string[] = [];
    for (let count = 0; count < 12; count++) numbers.push(await projectedAccount(4));
    await rewriteLog(
      numbers.toSorted()[0] ?? "",
      `WITH RECURSIVE versions (version) AS (SELECT 5 UNION ALL SELECT version + 1 FROM versions WHERE version < 50000)
       INSERT INTO events SELECT v.version, e.type, e.schema, e.created_at, e.data, e.metadata, v.version - 1, NULL, NULL
       FROM versions AS v JOIN events AS e ON e.version = 2 + v.version % 2`,
    );
    const { body, headers } = await post("/v1/operations/verifications");
    const message = { walk: body.id, range: 0, isFeedWhole: true };
    const goOn = () => deliver(repairs.splice(0), views, "account-repairs", bindings());
    expect(repairs).toEqual([message]);
    await goOn();
    expect(repairs).toEqual([message]);
    const { results } = await env.OPERATIONS.prepare("SELECT after, events FROM walk_ranges").all();
    expect(results).toEqual([{ after: numbers.toSorted()[9], events: 50_036 }]);
    await goOn();
    const done = (await get(headers.get("Location") ?? "")).body;
    expect(done).toMatchObject({ status: "done", done: 12, events: 50_044, found: 0 });
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
