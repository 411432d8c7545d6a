// What happens by itself does so in the end, even if the whole runtime is killed in the middle of it: accounts opened under
// load become active, and nobody is asked to see to it. `DURABLE_ROUNDS` kills it more often, `DURABLE_SEED` at other moments.

import { expect, it, vi } from "vitest";
import { accountSchema } from "./answers.ts";
import { readEvents } from "./journal-client.ts";
import { useLocalSystem } from "./local-system.ts";
import { Random, setting } from "./random.ts";

const ROUNDS = setting("DURABLE_ROUNDS", 1);
const SEED = setting("DURABLE_SEED", 1);
const CLIENTS = 10;
const SOONEST_KILL_MS = 500;
const LATEST_KILL_MS = 4_000;
/** For a lease of who was killed, and two ticks of the clock. */
const CATCH_UP_TIMEOUT_MS = 240_000;
const ROUND_LIMIT_MS = 70_000;

const system = useLocalSystem();

it(`accounts become active by themselves, each by one confirm and one activate, over ${ROUNDS} times SIGKILL`, {
  timeout: ROUNDS * ROUND_LIMIT_MS + CATCH_UP_TIMEOUT_MS,
}, async () => {
  const random = new Random(SEED);
  const acknowledged: string[] = [];
  let url = await system.start();
  for (let round = 0; round < ROUNDS; round++) {
    const load = Array.from({ length: CLIENTS }, (_, client) => openUntilCut(url, `K-${round}-${client}`));
    await new Promise((wake) => setTimeout(wake, random.integer(SOONEST_KILL_MS, LATEST_KILL_MS)));
    await system.kill();
    acknowledged.push(...(await Promise.all(load)).flat());
    url = await system.start();
  }
  expect(acknowledged.length).toBeGreaterThan(ROUNDS);

  let waiting: readonly string[] = acknowledged;
  const startedAt = Date.now();
  await vi.waitFor(
    async () => {
      const active = await Promise.all(waiting.map((accountNumber) => isActive(url, accountNumber)));
      waiting = waiting.filter((_, index) => !active[index]);
      expect(waiting, `seed ${SEED}`).toEqual([]);
    },
    { timeout: CATCH_UP_TIMEOUT_MS, interval: 2_000 },
  );
  const logs = acknowledged.map((accountNumber) => readEvents(url, `/v1/accounts/${accountNumber}/events`));
  for (const log of await Promise.all(logs)) {
    expect(log.map(({ type }) => type)).toEqual([
      "ACCOUNT_CREATED",
      "ACCOUNT_CONFIRMED",
      "ACCOUNT_ACTIVATED",
    ]);
  }
  const figures = {
    seed: SEED,
    rounds: ROUNDS,
    accounts: acknowledged.length,
    caughtUpMs: Date.now() - startedAt,
  };
  console.log(`Unattended: ${JSON.stringify(figures)}`);
});

/** One after the other, until no answer comes. Answers the numbers of those that were acknowledged. */
async function openUntilCut(url: string, prefix: string): Promise<string[]> {
  const opened: string[] = [];
  for (;;) {
    const accountNumber = `${prefix}-${opened.length}`;
    const status = await fetch(`${url}/v1/accounts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ userId: 1, accountNumber }),
    }).then(
      (reply) => reply.status,
      () => null,
    );
    if (status === null) return opened;
    expect(status).toBe(201);
    opened.push(accountNumber);
  }
}

/**
 * Whether its view says so. Read as a client reads that knows the log: where the view is behind for long, because an event
 * was in the local queue's memory when the runtime was killed, such a read has it repaired.
 */
async function isActive(url: string, accountNumber: string): Promise<boolean> {
  const { length } = await readEvents(url, `/v1/accounts/${accountNumber}/events`);
  const reply = await fetch(`${url}/v1/accounts/${accountNumber}?minVersion=${length}`);
  const { status } = accountSchema.parse(await reply.json());
  return reply.headers.get("Served-From") === "view" && status === "ACCOUNT_ACTIVE";
}
