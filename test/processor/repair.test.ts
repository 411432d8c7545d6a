// Repairing one account while others write to its views.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { RangeFeed } from "../../src/processor/range-feed.ts";
import { repair } from "../../src/processor/repair.ts";
import { readAccount } from "../../src/views/accounts-view.ts";
import { recordSends } from "../workerd/account-objects.ts";
import { toggles } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { ALL, bindings, expectProjected, loseFeed, projectedAccount, useOperations } from "./operator.ts";

const views = useOperations();

describe("a repair from the start", () => {
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

  it("comes to the end of a log to which events are projected all the while it is read", async () => {
    const accountNumber = await projectedAccount(200);
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    const { restore } = recordSends();
    await log.execute(toggles(101).slice(1), false);
    restore();
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

describe("a repair from the checkpoint", () => {
  it("folds on what another repair mended meanwhile, not on what it read itself", async () => {
    const accountNumber = await projectedAccount(2);
    const right = await readAccount(views, accountNumber);
    await views
      .prepare("UPDATE accounts SET status = 'ACCOUNT_SUSPENDED' WHERE account_number = ?1")
      .bind(accountNumber)
      .run();
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    const { restore } = recordSends();
    await log.execute(toggles(2).slice(1), false);
    restore();
    let isMended = false;
    const mending = {
      getByName: () => ({
        ...log,
        events: async (after: number, limit: number) => {
          if (!isMended) await repair(env, accountNumber, new RangeFeed(views, ALL, false));
          isMended = true;
          return log.events(after, limit);
        },
      }),
    };
    expect(await repair({ ...bindings(), ACCOUNT_LOGS: mending }, accountNumber)).toBe(3);
    expect(await readAccount(views, accountNumber)).toMatchObject({ status: right?.status, version: 3 });
  });
});
