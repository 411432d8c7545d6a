// Counting: the system and the plain way run under the meter, so many commands at a time, and what was billed is read.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { inParallel, post } from "./accounts.ts";
import { bundleAll, SYSTEM, type WorkerSource } from "./bundles.ts";
import type { Units } from "./meter/units.ts";
import { addUnits } from "./prices.ts";
import { Rig } from "./rig.ts";
import { migrateSystem, WORKER_NAMES } from "./systems.ts";

/** The alarm behind each command goes off after five seconds (`ALARM_DELAY_MS` of the account object). */
const ALARM_DONE_MS = 7_000;
/** The clock stops at its second tick after the last thing that happened (`PATIENCE_MS` in src/processor/clock.ts). */
const CLOCK_STOPPED_MS = 150_000;
const RESTING_MS = 60_000;
const VISIBLE_LIMIT_MS = 60_000;
const POLL_MS = 5;
/** What happens to an account in its life: of each kind of command, by what it bills, something. */
const LIFE = ["confirm", "activate", "make-default", "clear-default", "suspend", "activate", "close"];
const BURST_ACCOUNT = "BURST";
const BURST_CONNECTIONS = 50;

const METERED_ENTRIES: Readonly<Record<string, string>> = {
  edge: "bench/meter/edge.ts",
  command: "bench/meter/command.ts",
  processor: "bench/meter/processor.ts",
};

const METERED_SYSTEM: readonly WorkerSource[] = SYSTEM.map((source) => {
  const entry = METERED_ENTRIES[source.name];
  return entry === undefined ? source : { ...source, entry };
});

export interface Counted {
  /** Commands on accounts that had nothing to do before, so their objects sleep: each alone, projected alone. */
  readonly idle: Units;
  readonly idleKeyed: Units | null;
  readonly idleCommands: number;
  readonly burst: Units;
  readonly burstCommands: number;
  /** What was billed over a minute in which nobody asked for anything, some minutes after the last who did; null where not waited for. */
  readonly resting: Units | null;
}

export interface CountSizes {
  /** Lives: so many of each of their commands are counted. */
  readonly idle: number;
  /** Whether commands with idempotency keys are counted too. */
  readonly keyed: boolean;
  readonly burst: number;
  /** Whether to wait, some minutes, until the system rests. */
  readonly resting: boolean;
}

export async function countSystem(sizes: CountSizes): Promise<Counted> {
  const rig = await Rig.start(await bundleAll(METERED_SYSTEM));
  try {
    await migrateSystem(rig);
    const { edge, command, processor } = WORKER_NAMES;
    return await count(
      rig,
      {
        front: edge,
        all: [edge, command, processor],
        owner: command,
        objects: "AccountObject",
        projector: processor,
        database: "VIEWS",
      },
      sizes,
    );
  } finally {
    await rig.stop();
  }
}

export async function countPlainWay(sizes: CountSizes): Promise<Counted> {
  const rig = await Rig.start(
    await bundleAll([{ name: "plain-way", config: "bench/plain-way/wrangler.toml" }]),
  );
  try {
    await rig.migrate("plain-way", "PLAIN_VIEWS", "bench/plain-way/migrations");
    return await count(
      rig,
      {
        front: "plain-way",
        all: ["plain-way"],
        owner: "plain-way",
        objects: "PlainObject",
        projector: "plain-way",
        database: "PLAIN_VIEWS",
      },
      sizes,
    );
  } finally {
    await rig.stop();
  }
}

interface MeteredWorkers {
  readonly front: string;
  readonly all: readonly string[];
  /** Which Worker has the accounts' objects, and their class. */
  readonly owner: string;
  readonly objects: string;
  /** Which Worker has the view, and its binding. */
  readonly projector: string;
  readonly database: string;
}

interface Living {
  readonly accountNumber: string;
  /** How many commands of a life it has behind it. */
  readonly lived: number;
}

async function count(rig: Rig, workers: MeteredWorkers, sizes: CountSizes): Promise<Counted> {
  const url = rig.url(workers.front);
  const take = async (afterMs = ALARM_DONE_MS): Promise<Units> => {
    await sleep(afterMs);
    return addUnits(await Promise.all(workers.all.map((worker) => readMeter(rig.url(worker)))));
  };
  /** Accounts in front of each command of a life, so that each can be counted as one on an account that rests. */
  const accountsOf = (name: string): Living[] =>
    LIFE.flatMap((_, lived) =>
      Array.from({ length: sizes.idle }, (_, index) => ({
        accountNumber: `${name}-${lived}-${index}`,
        lived,
      })),
    );
  const [plain, keyed] = [accountsOf("IDLE"), sizes.keyed ? accountsOf("KEYED") : []];
  const commandOn = (accountNumber: string, command: string, headers = new Headers()): Promise<unknown> =>
    post(`${url}/v1/accounts/${accountNumber}/commands/${command}`, undefined, [200], headers);
  for (const { accountNumber, lived } of [...plain, ...keyed, { accountNumber: BURST_ACCOUNT, lived: 0 }]) {
    await post(`${url}/v1/accounts`, { accountNumber, userId: 1 }, [201]);
    for (const command of LIFE.slice(0, lived)) await commandOn(accountNumber, command);
    await visible(rig, workers, accountNumber, 1 + lived);
  }
  await take();

  const liveOn = async (accounts: readonly Living[], headers: Headers): Promise<Units> => {
    for (const { accountNumber, lived } of accounts) {
      await rig.evict(workers.owner, workers.objects, accountNumber);
      await commandOn(accountNumber, LIFE[lived] ?? "", headers);
      await visible(rig, workers, accountNumber, 2 + lived);
    }
    return take();
  };
  const idle = await liveOn(plain, new Headers());
  const idleKeyed = sizes.keyed ? await liveOn(keyed, new Headers({ "Idempotency-Key": "key" })) : null;
  await burst(`${url}/v1/accounts/${BURST_ACCOUNT}/commands`, sizes.burst);
  await visible(rig, workers, BURST_ACCOUNT, 1 + sizes.burst);
  const burstUnits = await take();
  if (sizes.resting) await take(CLOCK_STOPPED_MS);
  return {
    idle,
    idleKeyed,
    idleCommands: sizes.idle * LIFE.length,
    burst: burstUnits,
    burstCommands: sizes.burst,
    resting: sizes.resting ? await take(RESTING_MS) : null,
  };
}

/** As fast as they go. They may arrive in another order than they were sent: what is refused is sent again. */
async function burst(commands: string, count: number): Promise<void> {
  const turns = Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? "make-default" : "clear-default",
  );
  await inParallel(turns, BURST_CONNECTIONS, async (command) => {
    for (;;) {
      const response = await fetch(`${commands}/${command}`, { method: "POST" });
      await response.arrayBuffer();
      if (response.status === 200) return;
      if (response.status !== 409) throw new Error(`${command}: ${response.status}`);
    }
  });
}

/** Looked up past the Workers, whose reads would be counted. */
async function visible(
  rig: Rig,
  { database, projector }: MeteredWorkers,
  accountNumber: string,
  version: number,
): Promise<void> {
  const query = `SELECT version FROM accounts WHERE account_number = '${accountNumber}'`;
  const givenUpAt = performance.now() + VISIBLE_LIMIT_MS;
  for (;;) {
    const [rows] = rowsSchema.parse(await rig.sql(projector, database, query));
    if ((rows?.[0]?.version ?? 0) >= version) return;
    if (performance.now() > givenUpAt) throw new Error(`${accountNumber}:${version} is not in the view`);
    await sleep(POLL_MS);
  }
}

const rowsSchema = z.array(z.array(z.object({ version: z.int() })));

async function readMeter(url: string): Promise<Units> {
  return unitsSchema.parse(await (await fetch(`${url}/meter`)).json());
}

const unitsSchema = z.object({
  workerRequests: z.int(),
  objectRequests: z.int(),
  objectRowsWritten: z.int(),
  objectRowsRead: z.int(),
  messages: z.int(),
  queueOperations: z.int(),
  databaseRowsWritten: z.int(),
  databaseRowsRead: z.int(),
  logLines: z.int(),
  logBytes: z.int(),
}) satisfies z.ZodType<Units>;
