// What is parked: seen with the reason, and replayed.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { park, readWaiting, unpark } from "../../src/processor/parking.ts";
import worker from "../../src/processor/worker.ts";
import { recordSends, rewriteLog, storageOf } from "../workerd/account-objects.ts";
import { CREATE, request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import {
  bindings,
  deliverRepairs,
  expectProjected,
  get,
  post,
  projectedAccount,
  useOperations,
} from "./operator.ts";

const views = useOperations();

describe("what is parked", () => {
  async function parkedAccount(): Promise<string> {
    const accountNumber = await projectedAccount(2);
    await rewriteLog(
      accountNumber,
      "INSERT INTO events SELECT 3, 'ACCOUNT_CREATED', schema, created_at, data, metadata, 3, NULL, NULL FROM events WHERE version = 2",
    );
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
       INSERT INTO parked SELECT printf('PARKED-%04d', number), 1, 'Broken', 1000 + number / 700, 1, NULL FROM numbers`,
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

  it("is listed of one account or one function alone, page by page, too", async () => {
    await env.OPERATIONS.batch([
      env.OPERATIONS.prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO parked SELECT printf('VIEWS-%04d', number), 1, 'Broken', 2000, 1, NULL FROM numbers`,
      ),
      env.OPERATIONS.prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO reactions (function, account_number, leased_until, attempts, parked, version, reason, at)
         SELECT 'failing', printf('VIEWS-%04d', number), 0, 1, 1, 1, 'Fails', 1000 FROM numbers`,
      ),
    ]);
    const ofAccount = (await get("/v1/operations/parked?accountNumber=VIEWS-0007")).body;
    expect(ofAccount.items).toMatchObject([{ function: null }, { function: "failing" }]);
    expect(ofAccount.total).toBe(2);

    const first = (await get("/v1/operations/parked?function=failing")).body;
    const second = (await get(first._links.next.href)).body;
    const items = [...first.items, ...second.items];
    expect(items).toHaveLength(501);
    expect(items.every((item) => item.function === "failing")).toBe(true);
    expect(second._links.next).toBeUndefined();
    expect([first.total, second.total]).toEqual([501, 501]);
    expect((await get("/v1/operations/parked?function=nobody")).body).toMatchObject({ items: [], total: 0 });
    expect((await get("/v1/operations/parked?accountNumber=a%20b")).status).toBe(400);
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

  it("stays where it was parked again while its log was read", async () => {
    const accountNumber = await parkedAccount();
    const before = await readWaiting(env.OPERATIONS, [accountNumber]);
    await park(env.OPERATIONS, accountNumber, { version: 3, message: "The next one can't be applied" });
    await unpark(env.OPERATIONS, before, new Map([[accountNumber, 2]]));
    expect((await get("/v1/operations/parked")).body.items).toMatchObject([{ accountNumber, version: 3 }]);
    await unpark(
      env.OPERATIONS,
      await readWaiting(env.OPERATIONS, [accountNumber]),
      new Map([[accountNumber, 3]]),
    );
    expect((await get("/v1/operations/parked")).body.items).toEqual([]);
  });

  it("is in the directory, also when no view has it", async () => {
    await park(env.OPERATIONS, "OP-UNSEEN", { version: 1, message: "The views were away" });
    expect((await post("/v1/operations/rebuilds")).body.total).toBe(1);
  });

  it("has an account whose own log does not answer, while it goes on being tried", async () => {
    const accountNumber = await projectedAccount(2);
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    const { restore } = recordSends();
    await log.execute([request({ type: "confirm" }), request({ type: "activate" })], false);
    restore();
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
    const { restore } = recordSends();
    const log = env.ACCOUNT_LOGS.getByName("OP-DEAD");
    await log.execute([request(CREATE)], false);
    restore();
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
