// Walks over a feed that lost something, or has it wrong or twice.

import { describe, expect, it } from "vitest";
import { MAX_FEED_LENGTH, MIN_EVENT_BYTES, readAccountFeed } from "../../src/views/account-feed.ts";
import { event, recorded } from "../account/given.ts";
import { storageOf } from "../workerd/account-objects.ts";
import { deliver } from "../workerd/queue.ts";
import { billedDatabaseRows } from "../workerd/views.ts";
import {
  countQueriesOfRepairs,
  deliverRepairs,
  expectProjected,
  forge,
  get,
  post,
  projectedAccount,
  projectedOneByOne,
  repairs,
  useOperations,
  verify,
} from "./operator.ts";

const views = useOperations();

describe("a verification of a damaged feed", () => {
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

  it("looks through the feed once for all accounts of a range", async () => {
    for (let count = 0; count < 12; count++) await projectedOneByOne(3);
    const rowsRead = async () => (await billedDatabaseRows(() => verify())).databaseRowsRead;
    await forge("OP-NOBODY", 1);
    const damaged = await rowsRead();
    await views.exec("DELETE FROM feed_chunks WHERE last_position = 37");
    const whole = await rowsRead();
    // 37 chunks: whoever looks at each for each of 12 accounts reads some 900 more.
    expect(damaged - whole).toBeLessThan(300);
  });

  it("takes fewer queries for a range than D1 allows, where the feed is as long as it can be and all is wrong", async () => {
    for (let count = 0; count < 40; count++) await projectedAccount(3);
    await forge("OP-NOBODY", 1);
    await views.batch([
      views
        .prepare(
          "UPDATE feed_chunks SET first_position = ?1, last_position = ?1 WHERE events ->> '$[0].extra' = 1",
        )
        .bind(MAX_FEED_LENGTH),
      views.prepare("UPDATE feed_chunks SET events = json_set(events, '$[1].type', 'WRONG', '$[2]', 'x')"),
      views.prepare("UPDATE accounts SET user_id = 99"),
    ]);
    const started = await post("/v1/operations/verifications", { repair: true });
    expect(repairs).toMatchObject([{ isFeedWhole: false }]);
    // The account that nobody opened is one more than a range is made of, and another message's.
    for (const left of [1, 0]) {
      expect(await countQueriesOfRepairs()).toBeLessThan(1_000);
      expect(repairs).toHaveLength(left);
    }
    // Of each account two events and the owner are mended; what nobody wrote stays.
    const { body } = await get(started.headers.get("Location") ?? "");
    expect(body).toMatchObject({ status: "done", found: 121, mended: 120 });
  });

  it("holds no event that is smaller than what the greatest length of a feed is reckoned with", () => {
    const smallest = recorded([event.confirmed]).map((one) => ({
      ...one,
      id: "1:2",
      accountNumber: "1",
      metadata: { ...one.metadata, commandId: crypto.randomUUID() },
    }));
    expect(JSON.stringify(smallest[0]).length).toBeGreaterThan(MIN_EVENT_BYTES);
  });

  it("over several ranges at once leaves each event once, and in order", async () => {
    const numbers: string[] = [];
    for (let count = 0; count < 60; count++) numbers.push(await projectedAccount(3));
    const lost = [10, 20, 50].map((index) => numbers[index] ?? "");
    // What a row lacks counts as lost once it is old.
    for (const accountNumber of lost) {
      await storageOf(accountNumber, ({ sql }) => {
        sql.exec("UPDATE events SET created_at = created_at - 3600000");
      });
    }
    await views.batch(
      [
        "DELETE FROM feed_chunks WHERE last_position > 120",
        "UPDATE feed_chunks SET events = json_set(events, '$[1]', events -> 2) WHERE last_position <= 30",
        `DELETE FROM accounts WHERE account_number IN ('${lost.join("', '")}')`,
      ].map((statement) => views.prepare(statement)),
    );
    await post("/v1/operations/verifications", { repair: true });
    expect(repairs).toHaveLength(2);
    const delivered = await Promise.all(
      repairs.splice(0).map((range) => deliver([range], views, "account-repairs")),
    );
    expect(delivered.map(({ acked }) => acked)).toEqual([[0], [0]]);
    await expectProjected(...numbers);
    await deliverRepairs();
    expect((await verify()).differences).toEqual([]);
  });
});
