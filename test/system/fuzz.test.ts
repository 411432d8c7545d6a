// Bad input: thousands of requests over every route, from a seed. None is answered with a 5xx, none hangs, and what is
// refused writes nothing. `FUZZ_CASES` makes it longer; a failure names the seed, and `FUZZ_SEED` has it again.

import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type FuzzCase, fuzzCase, TARGETS } from "./fuzz-cases.ts";
import { checkReply, isPage } from "./fuzz-checks.ts";
import { Ledger } from "./fuzz-ledger.ts";
import { sendRaw } from "./fuzz-send.ts";
import { setting } from "./random.ts";
import { bodyOf, System } from "./system.ts";

const CASES = setting("FUZZ_CASES", 2_000);
const SEED = setting("FUZZ_SEED", 1);
const CASE_LIMIT_MS = 100;
/** The statuses that the cases are there to bring about. */
const BROUGHT_ABOUT = [200, 201, 202, 304, 400, 404, 405, 409, 412, 413, 415, 422];
const CATCH_UP_TIMEOUT_MS = 60_000;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it(`no 5xx, no hang, no write from a refused request, in ${CASES} cases`, {
  timeout: CASES * CASE_LIMIT_MS + CATCH_UP_TIMEOUT_MS,
}, async () => {
  const url = await system.url();
  const ledger = new Ledger();
  const statuses = new Map<number, number>();
  const runCase = async (asked: FuzzCase): Promise<void> => {
    const reply = await sendRaw(url, asked);
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    checkReply(asked, reply);
    const headers = new Headers(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]));
    const body = bodyOf(reply.text, headers.get("Content-Type"));
    const { method, path } = asked;
    if (!isPage(asked)) {
      expect(system.againstContract(method, path, { status: reply.status, headers, body })).toEqual([]);
    }
    ledger.note(asked, reply);
  };
  // Each case meets what those before it left, so a failure is had again from the seed, and not by shrinking.
  await fc.assert(fc.asyncProperty(fuzzCase, runCase), { seed: SEED, numRuns: CASES, endOnFailure: true });

  for (const accountNumber of new Set([...TARGETS, ...ledger.named, ...ledger.versions.keys()])) {
    await ledger.check(system, accountNumber);
  }
  const { results } = await (await system.operations()).prepare("SELECT id FROM walks ORDER BY id").all();
  expect(results).toEqual([...ledger.walks].toSorted().map((id) => ({ id })));
  await vi.waitFor(() => viewsHold(ledger), { timeout: CATCH_UP_TIMEOUT_MS, interval: 500 });
  expect([...statuses.keys()]).toEqual(expect.arrayContaining(BROUGHT_ABOUT));
  const sorted = [...statuses].toSorted(([one], [other]) => one - other);
  console.log(`Fuzz: seed ${SEED}, ${CASES} cases, answers ${JSON.stringify(Object.fromEntries(sorted))}`);
});

/** Over all accounts there are, those included that no case should have made. */
async function viewsHold({ versions }: Ledger): Promise<void> {
  const accounts = await system.all("/v1/accounts?limit=200");
  expect(new Map(accounts.map(({ accountNumber, version }) => [accountNumber, version]))).toEqual(versions);
  const feed = await system.all("/v1/feed?limit=500");
  const events = [...versions.values()].reduce((sum, version) => sum + version, 0);
  expect(new Set(feed.map(({ id }) => id)).size).toBe(events);
  expect(feed).toHaveLength(events);
}
