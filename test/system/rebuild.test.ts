// The views database deleted whole, made anew by `npm run rebuild` with the runtime killed midway, and verified.

import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, vi } from "vitest";
import { runTool } from "../tools/run-tool.ts";
import { useLocalSystem } from "./local-system.ts";

const ACCOUNTS = 600;
const VIEW_TIMEOUT_MS = 20_000;
/** The Workers are started three times, on a machine that may be busy. */
const TEST_TIMEOUT_MS = 300_000;
const ALARMS_OVER_MS = 6_000;

// Every command here is a client's.
const system = useLocalSystem("--without-functions");

it("restores every account, total and list, across a SIGKILL midway", {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const url = await system.start();
  const numbers = Array.from({ length: ACCOUNTS }, (_, index) => `R-${index}`);
  for (let start = 0; start < ACCOUNTS; start += 50) {
    const opened = numbers.slice(start, start + 50).flatMap((accountNumber) => [
      { command: "create", accountNumber, userId: 7 },
      { command: "confirm", accountNumber },
    ]);
    await fetch(`${url}/v1/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(opened),
    });
  }
  expect((await runTool("verify", "--url", url)).stdout).toContain("Views and logs agree");
  const before = await vi.waitFor(
    async () => {
      const views = await read(url);
      expect(views.totals).toContain(`"ACCOUNT_CONFIRMED":${ACCOUNTS}`);
      return views;
    },
    { timeout: VIEW_TIMEOUT_MS, interval: 200 },
  );

  // Until no alarm is armed any more: an object that it woke would publish its last events again, and so be repaired.
  await new Promise((wake) => setTimeout(wake, ALARMS_OVER_MS));
  await system.kill();
  await deleteViews(system.state());
  await system.start();
  expect((await read(url)).accounts).toHaveLength(0);

  const rebuilding = runTool("rebuild", "--url", url);
  await untilMidway(url);
  await system.kill();
  await system.start();
  const { status, stdout } = await rebuilding;

  expect(stdout).toContain(`Rebuilt ${ACCOUNTS} accounts with ${2 * ACCOUNTS} events`);
  expect(status).toBe(0);
  expect(await read(url)).toEqual(before);
  const verified = await runTool("verify", "--url", url);
  expect(verified.stdout).toContain(`Views and logs agree: ${ACCOUNTS} accounts, ${2 * ACCOUNTS} events`);
  expect(verified.status).toBe(0);
});

/** Some of the accounts are done, and others are not. */
async function untilMidway(url: string): Promise<void> {
  const address = `${url}/v1/operations/rebuilds`;
  for (let walk = await progress(address, "POST"); ; walk = await progress(`${address}/${walk.id}`, "GET")) {
    expect(walk.done).toBeLessThan(ACCOUNTS);
    if (walk.done > 0) return;
  }
}

async function progress(address: string, method: string): Promise<{ id: string; done: number }> {
  return JSON.parse(await (await fetch(address, { method })).text());
}

async function read(url: string): Promise<{ readonly accounts: readonly string[]; readonly totals: string }> {
  const accounts: string[] = [];
  for (let path = "/v1/accounts?limit=200"; path !== ""; ) {
    const page = JSON.parse(await (await fetch(`${url}${path}`)).text());
    accounts.push(...page.items.map((account: object) => JSON.stringify(account)));
    path = page._links.next?.href ?? "";
  }
  const totals = await (await fetch(`${url}/v1/status-totals`)).text();
  return { accounts, totals };
}

async function databaseFiles(state: string): Promise<string[]> {
  const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
  return (await readdir(folder)).map((name) => join(folder, name));
}

async function viewsFile(state: string): Promise<string> {
  for (const file of await databaseFiles(state)) {
    if (!file.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(file);
    const isViews =
      database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'feed_chunks'").get() !== undefined;
    database.close();
    if (isViews) return file;
  }
  throw new Error("No views database");
}

async function deleteViews(state: string): Promise<void> {
  const file = await viewsFile(state);
  for (const each of await databaseFiles(state)) if (each.startsWith(file)) await rm(each);
}
