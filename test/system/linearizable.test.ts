// Linearizable accounts: clients side by side on a few accounts, and for each account an order of all they asked that
// explains all they were answered. `LINEARIZABLE_ROUNDS` makes it longer, `LINEARIZABLE_SEED` makes other choices.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountCommand, TRANSITION_NAMES } from "../../src/account/commands.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";
import { type AccountOperation, accountModel } from "./account-model.ts";
import { linearize } from "./linearizability.ts";
import { Random, setting } from "./random.ts";
import { RecordingClient } from "./recording-client.ts";
import { System } from "./system.ts";

const ROUNDS = setting("LINEARIZABLE_ROUNDS", 2);
const SEED = setting("LINEARIZABLE_SEED", 1);
const CLIENTS = 8;
/** New ones each round, so that their beginnings and ends are raced for too. */
const ACCOUNTS_PER_ROUND = 3;
const OPERATIONS_PER_CLIENT = 50;
const KEYS_PER_ACCOUNT = 25;
const ROUND_LIMIT_MS = 30_000;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it(`each account has an order that explains every answer, over ${ROUNDS} rounds`, {
  timeout: ROUNDS * ROUND_LIMIT_MS,
}, async () => {
  const random = new Random(SEED);
  const counts = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const histories = await play(round, random);
    for (const [accountNumber, history] of histories) {
      const verdict = linearize(accountModel, history);
      if (!verdict.linearizable) {
        const { longest, stuck } = verdict;
        const tail = JSON.stringify({ longest: longest.slice(-3), stuck }, null, 1);
        expect.fail(`Seed ${SEED}, round ${round}, ${accountNumber}: no order explains this\n${tail}`);
      }
      expect(verdict.order).toHaveLength(history.length);
      for (const operation of history) count(counts, operation);
    }
  }
  // What the rounds are there to bring about did come about.
  for (const kind of ["accepted", "replayed", "refused", "view", "log"]) {
    expect(counts.get(kind), kind).toBeGreaterThan(0);
  }
  console.log(`Linearizable: seed ${SEED}, ${JSON.stringify(Object.fromEntries(counts))}`);
});

async function play(round: number, random: Random): Promise<Map<string, AccountOperation[]>> {
  const histories = new Map<string, AccountOperation[]>();
  for (let index = 0; index < ACCOUNTS_PER_ROUND; index++) histories.set(`L-${round}-${index}`, []);
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const own = random.branch();
      for (let count = 0; count < OPERATIONS_PER_CLIENT; count++) {
        const [accountNumber, history] = own.pick([...histories]);
        await ask(new RecordingClient(system, accountNumber, history), newestIn(history), own);
      }
    }),
  );
  return histories;
}

/** Near `newest`, so that what is expected is often right, and often just overtaken. */
async function ask(client: RecordingClient, newest: number, random: Random): Promise<void> {
  const near = Math.max(1, newest + random.integer(-1, 1));
  if (random.chance(0.1)) return client.events();
  if (random.chance(0.1)) return client.commands();
  if (random.chance(0.2)) return client.minVersion(near);
  if (random.chance(0.1)) return client.version(near);
  const key = random.chance(0.4) ? `key-${random.integer(1, KEYS_PER_ACCOUNT)}` : null;
  return client.command(commandOf(newest, random), expectedOf(near, random), key);
}

function commandOf(newest: number, random: Random): AccountCommand {
  if (random.chance(newest === 0 ? 0.5 : 0.02)) {
    return { type: "create", userId: random.integer(1, 2), defaultAccount: random.chance(0.5) };
  }
  // Closing ends an account's part in the round, so it is to be rare.
  if (random.chance(0.01)) return { type: "close", reason: "enough" };
  if (random.chance(0.5)) return { type: random.pick(["make-default", "clear-default"]) };
  return { type: random.pick(TRANSITION_NAMES.filter((name) => name !== "close")) };
}

function expectedOf(near: number, random: Random): ExpectedVersion {
  if (random.chance(0.7)) return "any";
  return random.chance(0.1) ? "exists" : [near];
}

/** As far as anyone knows. */
function newestIn(history: readonly AccountOperation[]): number {
  return history.reduce(
    (newest, { answer }) => (answer.kind === "accepted" ? Math.max(newest, answer.account.version) : newest),
    0,
  );
}

function count(counts: Map<string, number>, { answer }: AccountOperation): void {
  const add = (kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  add("operations");
  add(answer.kind === "read" ? answer.servedFrom : answer.kind);
  if (answer.kind === "accepted" && answer.replayed) add("replayed");
}
