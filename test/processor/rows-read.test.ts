// What is asked again and again is billed by what there is to see to, and not by all that ever was.

import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { listInbox } from "../../src/processor/inbox.ts";
import { isAnyWaiting, takeForgottenReactions } from "../../src/processor/reactions.ts";
import { dueAccounts, nextRetryAt } from "../../src/processor/subscriptions/waiting.ts";
import { billedDatabaseRows } from "../workerd/views.ts";
import { useOperations } from "./operator.ts";

useOperations();
const { OPERATIONS } = env;

const MANY = 300;
const FEW = 20;
const NUMBERS = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${MANY})`;

const rowsRead = async (run: () => Promise<unknown>): Promise<number> =>
  (await billedDatabaseRows(run)).databaseRowsRead;

it("a look for reactions that wait, whatever reacted before", async () => {
  await OPERATIONS.prepare(
    `${NUMBERS} INSERT INTO reactions (function, account_number, position, leased_until) SELECT 'onboarding', 'A' || n, 3, 0 FROM numbers`,
  ).run();
  const names = ["onboarding", "one-default"];
  expect(await rowsRead(() => isAnyWaiting(OPERATIONS, names))).toBeLessThan(FEW);
  expect(await rowsRead(() => takeForgottenReactions(OPERATIONS, names, Date.now()))).toBeLessThan(FEW);
});

it("a look for a subscription's due accounts, whatever waits for a person", async () => {
  await OPERATIONS.batch([
    OPERATIONS.prepare(
      "INSERT INTO subscriptions (id, url, secret, created_at, position) VALUES ('s', 'u', 'x', 0, 0)",
    ),
    OPERATIONS.prepare(
      `${NUMBERS} INSERT INTO subscription_waiting SELECT 's', 'A' || n, 1, 2, 10, NULL, 5, 'no' FROM numbers`,
    ),
  ]);
  expect(await rowsRead(() => dueAccounts(OPERATIONS, "s", Date.now(), 6))).toBeLessThan(FEW);
  expect(await rowsRead(() => nextRetryAt(OPERATIONS, "s"))).toBeLessThan(FEW);
});

it("a look at what the inbox has still to handle, whatever it handled", async () => {
  await OPERATIONS.prepare(
    `${NUMBERS} INSERT INTO inbox (source, id, type, event, state, correlation_id, received_at, due_at)
     SELECT 's', 'A' || n, 't', '{}', 'handled', 'c', 0, 0 FROM numbers`,
  ).run();
  expect(await rowsRead(() => listInbox(OPERATIONS, "stored"))).toBeLessThan(FEW);
});
