// Walks over a feed that lost something, or has it wrong or twice.

import { describe, expect, it } from "vitest";
import { readAccountFeed } from "../../src/views/account-feed.ts";
import {
  expectProjected,
  forge,
  projectedAccount,
  projectedOneByOne,
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
});
