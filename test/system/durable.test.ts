// Acknowledged is durable: load over 200 accounts, the whole runtime killed at random moments, a client's journal held
// against the logs after each restart. `DURABLE_ROUNDS` makes it longer, `DURABLE_SEED` makes other choices.

import { expect, it, vi } from "vitest";
import { runTool } from "../tools/run-tool.ts";
import { accountSchema } from "./answers.ts";
import { Findings, type Told } from "./journal.ts";
import { type AccountLog, foldedLog, JournalClient, readEvents } from "./journal-client.ts";
import { useLocalSystem } from "./local-system.ts";
import { Random, setting } from "./random.ts";

const ROUNDS = setting("DURABLE_ROUNDS", 2);
const SEED = setting("DURABLE_SEED", 1);
const ACCOUNTS = 200;
const ACCOUNTS_PER_CLIENT = 5;
const SOONEST_KILL_MS = 50;
const LATEST_KILL_MS = 4_000;
const CATCH_UP_TIMEOUT_MS = 120_000;
const ROUND_LIMIT_MS = 40_000;

// Every command here is a client's.
const system = useLocalSystem("--without-functions");

it(`nothing acknowledged is lost, and no key is written twice, over ${ROUNDS} times SIGKILL under load`, {
  timeout: ROUNDS * ROUND_LIMIT_MS + CATCH_UP_TIMEOUT_MS,
}, async () => {
  const random = new Random(SEED);
  const findings = new Findings();
  const clients = Array.from({ length: ACCOUNTS / ACCOUNTS_PER_CLIENT }, (_, client) => {
    const numbers = Array.from({ length: ACCOUNTS_PER_CLIENT }, (_, own) => `D-${client}-${own}`);
    return new JournalClient(numbers, random.branch(), findings);
  });
  const url = await system.start();

  for (let round = 0; round < ROUNDS; round++) {
    const working = Promise.all(clients.map((client) => client.work(url)));
    const killAfterMs = random.integer(SOONEST_KILL_MS, LATEST_KILL_MS);
    await new Promise((wake) => setTimeout(wake, killAfterMs));
    await system.kill();
    await working;
    await system.start();
    await Promise.all(clients.map((client) => client.reconcile(url)));
    expect(findings, `seed ${SEED}, round ${round}`).toEqual(new Findings());
  }

  await Promise.all(clients.map((client) => client.finish(url)));
  const logs = (await Promise.all(clients.map((client) => client.reconcile(url)))).flat();
  expect(findings, `seed ${SEED}, after the last round`).toEqual(new Findings());
  await vi.waitFor(() => viewsAgree(url, logs), { timeout: CATCH_UP_TIMEOUT_MS, interval: 500 });
  const { status, stdout } = await runTool("verify", "--url", url);
  expect(stdout).toContain("Views and logs agree");
  expect(status).toBe(0);
  console.log(`Durable: ${JSON.stringify(figures(clients, logs, findings))}`);
});

/** What an account's view, the totals and the feed say, each held against the logs. */
async function viewsAgree(url: string, logs: readonly AccountLog[]): Promise<void> {
  for (const { accountNumber, events } of logs) {
    const response = await fetch(`${url}/v1/accounts/${accountNumber}`);
    expect(response.headers.get("Served-From")).toBe("view");
    expect(accountSchema.parse(await response.json())).toEqual(foldedLog(events));
  }
  const totals = await fetch(`${url}/v1/status-totals`);
  expect(await totals.json()).toMatchObject({ totals: { ACCOUNT_CLOSED: ACCOUNTS }, accounts: ACCOUNTS });

  const feed = Map.groupBy(await readEvents(url, "/v1/feed?limit=500"), (event) => event.accountNumber);
  for (const { accountNumber, events } of logs) expect(feed.get(accountNumber)).toEqual(events);
  expect(feed.size).toBe(logs.length);
}

function figures(clients: readonly JournalClient[], logs: readonly AccountLog[], findings: Findings) {
  const entries = clients.flatMap((client) => client.entries);
  const count = (kind: Told["kind"]): number => entries.filter(({ told }) => told.kind === kind).length;
  const sum = (of: (client: JournalClient) => number): number =>
    clients.reduce((all, client) => all + of(client), 0);
  return {
    seed: SEED,
    rounds: ROUNDS,
    accounts: ACCOUNTS,
    commands: entries.length,
    acknowledged: count("accepted"),
    refused: count("refused"),
    unanswered: sum(({ unanswered }) => unanswered),
    unansweredButApplied: sum(({ unansweredButApplied }) => unansweredButApplied),
    sentAgainByKey: sum(({ sentAgain }) => sentAgain),
    unansweredWhileRunning: clients.flatMap(({ unansweredWhileRunning }) => unansweredWhileRunning),
    neverAnswered: count("unknown"),
    events: logs.reduce((all, { events }) => all + events.length, 0),
    lost: findings.lost.length,
    doubled: findings.doubled.length,
  };
}
