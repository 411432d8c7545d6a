// What an isolate remembers of the rows that it wrote: a guess, which no view is ever the worse for.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readAccount } from "../../src/views/accounts-view.ts";
import { readStatusTotals } from "../../src/views/status-totals.ts";
import { CREATE, request } from "../workerd/commands.ts";
import { account, each, expectProjected, message } from "../workerd/projecting.ts";
import { deliver, deliverTo } from "../workerd/queue.ts";
import { freshNumber } from "../workerd/reacting.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

it("projects what follows once, where another went on in between and everything comes twice", async () => {
  const [one, other] = [{ ...env }, { ...env }];
  const { accountNumber, events } = await account(6);
  const messages = each(events);
  const turns = [
    [one, 0],
    [other, 1],
    [one, 2],
    [other, 3],
    [one, 4],
    [one, 5],
  ] as const;
  for (const [isolate, index] of turns) {
    for (const again of [index, index, 0, Math.max(index - 1, 0)]) {
      const delivered = await deliverTo(isolate, messages.slice(again, again + 1));
      expect(delivered.retried).toEqual([]);
      expect((await readAccount(views, accountNumber))?.version).toBe(index + 1);
    }
  }
  await expectProjected(accountNumber);
  expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(1);
});

it("does not bring back what a repair mended meanwhile", async () => {
  const accountNumber = freshNumber();
  const log = env.ACCOUNT_LOGS.getByName(accountNumber);
  await log.execute([request(CREATE), request({ type: "confirm" }), request({ type: "activate" })], false);
  const messages = each([...(await log.events(0, 10)).events]);
  const isolate = { ...env };
  /** Also what a repair of that flag alone comes to. */
  const turnFlag = () => views.exec("UPDATE accounts SET default_account = 1 - default_account");
  await deliver(messages.slice(0, 1));
  await turnFlag();
  await deliverTo(isolate, messages.slice(1, 2));
  await turnFlag();
  await deliverTo(isolate, messages.slice(2));

  await expectProjected(accountNumber);
});

it("makes the views anew where they were lost under it", async () => {
  const isolate = { ...env };
  const { accountNumber, events } = await account(3);
  await deliverTo(isolate, [message(events.slice(0, 2))]);
  await views.exec("DELETE FROM accounts");
  await views.exec("DELETE FROM feed_chunks");
  await deliverTo(isolate, [message(events.slice(2))]);

  await expectProjected(accountNumber);
  expect((await readStatusTotals(views)).ACCOUNT_PENDING).toBe(1);
});
