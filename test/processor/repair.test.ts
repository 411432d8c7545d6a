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
