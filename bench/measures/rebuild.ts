// Rebuild: every account folded anew from its log, while reads go on; and all views made anew, where they are gone.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { fillLog, inParallel, post, versionIn } from "../accounts.ts";
import { type Bench, EDGE, quiet } from "../bench.ts";
import { type Measured, ratioOf, spreadOf } from "../figures.ts";
import { EMMETT_POSTGRES, type PeerProcess } from "../peers.ts";
import type { Rig } from "../rig.ts";
import { startSystem, WORKER_NAMES } from "../systems.ts";

const GOAL = 5;
const PARALLEL = 8;
const POLL_MS = 100;
const LIMIT_MS = 300_000;
export const REBUILT_SYSTEM = EDGE;
const REBUILD_RATE = "events per second";
export const FROM_NOTHING_RATE = "events per second, from nothing";
export const FEED_BYTES = "feed, an event";
const READS = "reads meanwhile";
const READ_LATENCY = "a read, p50";
const REST_READING_MS = 2_000;

const SLOWER = "each account is read from its own object";

const walkSchema = z.object({
  id: z.string(),
  status: z.enum(["running", "done"]),
  total: z.int(),
  events: z.int(),
  found: z.int().default(0),
});
type Walk = z.output<typeof walkSchema>;

export async function measureRebuild({ sizes, peers }: Bench): Promise<Measured> {
  // A system of its own: a rebuild is of all accounts, and this one knows how many events they have.
  const rig = await startSystem();
  try {
    const url = rig.url(WORKER_NAMES.edge);
    const numbers = numbersOf(sizes.rebuildAccounts);
    await inParallel(numbers, PARALLEL, (number) => fillLog(url, number, sizes.rebuildEventsEach));
    await untilVisible(url, numbers, sizes.rebuildEventsEach);
    await quiet(rig);
    const rates: number[] = [];
    const reads = { perSecond: [] as number[], p50Ms: [] as number[], failed: 0, stale: 0 };
    const before = await readingFor(REST_READING_MS, url, numbers, sizes.rebuildEventsEach);
    for (let round = 0; round < sizes.rounds; round++) {
      const startedAt = performance.now();
      const reader = startReading(url, numbers, sizes.rebuildEventsEach);
      const walk = await walkToEnd(url, "/v1/operations/rebuilds").finally(reader.stop);
      const seconds = (performance.now() - startedAt) / 1000;
      const read = await reader.stop();
      rates.push(walk.events / seconds);
      reads.perSecond.push(read.latencies.length / seconds);
      reads.p50Ms.push(medianMs(read.latencies));
      reads.failed += read.failed;
      reads.stale += read.stale;
    }
    const differences = async (): Promise<number> =>
      (await walkToEnd(url, "/v1/operations/verifications")).found;
    let found = await differences();
    const fromNothing: number[] = [];
    for (let round = 0; round < sizes.manyRounds; round++) {
      await rig.sql(WORKER_NAMES.processor, "VIEWS", "DELETE FROM accounts", "DELETE FROM feed_chunks");
      const startedAt = performance.now();
      const { events } = await walkToEnd(url, "/v1/operations/rebuilds");
      fromNothing.push((events * 1000) / (performance.now() - startedAt));
    }
    found += await differences();
    const figures = [
      { system: EDGE, what: REBUILD_RATE, unit: "events/s", spread: spreadOf(rates) },
      { system: EDGE, what: FROM_NOTHING_RATE, unit: "events/s", spread: spreadOf(fromNothing) },
      { system: EDGE, what: READS, unit: "reads/s", spread: spreadOf(reads.perSecond), errors: reads.failed },
      { system: EDGE, what: `${READ_LATENCY}, meanwhile`, unit: "ms", spread: spreadOf(reads.p50Ms) },
      {
        system: EDGE,
        what: `${READ_LATENCY}, before`,
        unit: "ms",
        spread: spreadOf([medianMs(before.latencies)]),
      },
      { system: EDGE, what: FEED_BYTES, unit: "bytes", spread: spreadOf([await feedBytes(rig)]) },
      ...(await peerRebuilds(peers.running, sizes.peerRebuildAccounts, sizes.rebuildEventsEach)),
    ];
    return {
      name: "rebuild",
      title: "Rebuild",
      how:
        `${sizes.rebuildAccounts * sizes.rebuildEventsEach} events on ${sizes.rebuildAccounts} accounts, by ` +
        "POST /v1/operations/rebuilds, while one reader reads accounts at random: each account's row is written as its log folds, and the " +
        "feed is compared with the log, and mended where it is wrong. Then the same without a reader, the rows and the feed being deleted before: all is " +
        `written. ${EMMETT_POSTGRES} deletes its views first, too, and rebuilds ` +
        `${sizes.peerRebuildAccounts * sizes.rebuildEventsEach} events of as many on each account.`,
      figures,
      goals: [
        {
          text: `events per second: × ${EMMETT_POSTGRES}'s`,
          ...ratioOf(
            figures,
            { system: EDGE, what: REBUILD_RATE },
            { system: EMMETT_POSTGRES, what: REBUILD_RATE },
          ),
          limit: GOAL,
          isCeiling: false,
          reason: SLOWER,
        },
        {
          text: `events per second, from nothing: × ${EMMETT_POSTGRES}'s`,
          ...ratioOf(
            figures,
            { system: EDGE, what: FROM_NOTHING_RATE },
            { system: EMMETT_POSTGRES, what: REBUILD_RATE },
          ),
          limit: GOAL,
          isCeiling: false,
          reason: SLOWER,
        },
        {
          text: "reads that failed",
          measured: reads.failed,
          limit: 0,
          isCeiling: true,
          reason: "see the figures",
        },
        {
          text: "reads of a version that is too old",
          measured: reads.stale,
          limit: 0,
          isCeiling: true,
          reason: "see the figures",
        },
        {
          text: "differences found by a verification after each",
          measured: found,
          limit: 0,
          isCeiling: true,
          reason: "see GET /v1/operations/verifications",
        },
      ],
      notes: [],
      plots: [{ file: "rebuild.svg", title: "Rebuild", whats: [REBUILD_RATE], unit: "events/s" }],
    };
  } finally {
    await rig.stop();
  }
}

/** An event's share of its chunk: text, and some bytes for the numbers and the row. */
async function feedBytes(rig: Rig): Promise<number> {
  const [rows] = z.array(z.array(z.object({ bytes: z.number() }))).parse(
    await rig.sql(
      WORKER_NAMES.processor,
      "VIEWS",
      `SELECT 1.0 * sum(length(events) + length(runs) + 60) / sum(last_position - first_position + 1) AS bytes
         FROM feed_chunks`,
    ),
  );
  return rows?.[0]?.bytes ?? Number.NaN;
}

const numbersOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `REBUILD-${index}`);

async function walkToEnd(url: string, path: string): Promise<Walk> {
  const givenUpAt = performance.now() + LIMIT_MS;
  let walk = walkSchema.parse(await post(`${url}${path}`, {}, [202]));
  while (walk.status === "running") {
    if (performance.now() > givenUpAt) throw new Error(`${path} did not end`);
    await sleep(POLL_MS);
    walk = walkSchema.parse(await (await fetch(`${url}${path}/${walk.id}`)).json());
  }
  return walk;
}

/** Reads accounts at random until it is stopped. */
function startReading(url: string, numbers: readonly string[], version: number) {
  const read = { latencies: [] as number[], failed: 0, stale: 0 };
  let isReading = true;
  const reading = (async () => {
    while (isReading) {
      const number = numbers[Math.floor(Math.random() * numbers.length)];
      const startedAt = performance.now();
      try {
        const response = await fetch(`${url}/v1/accounts/${number}`);
        const body: unknown = await response.json();
        if (!response.ok) read.failed += 1;
        else if (versionIn(body) < version) read.stale += 1;
      } catch {
        read.failed += 1;
      }
      read.latencies.push(performance.now() - startedAt);
    }
  })();
  return {
    async stop() {
      isReading = false;
      await reading;
      return read;
    },
  };
}

async function readingFor(ms: number, url: string, numbers: readonly string[], version: number) {
  const reader = startReading(url, numbers, version);
  await sleep(ms);
  return reader.stop();
}

const medianMs = (latencies: readonly number[]): number => spreadOf(latencies).median;

async function untilVisible(url: string, numbers: readonly string[], version: number): Promise<void> {
  const givenUpAt = performance.now() + LIMIT_MS;
  for (const number of numbers) {
    for (;;) {
      const response = await fetch(`${url}/v1/accounts/${number}`);
      const body: unknown = await response.json();
      if (response.ok && versionIn(body) >= version) break;
      if (performance.now() > givenUpAt) throw new Error(`${number} is not in the view`);
      await sleep(POLL_MS);
    }
  }
}

/** Once: it takes long enough to be told apart from chance. All that its store has is rebuilt, its load's events too. */
async function peerRebuilds(running: readonly PeerProcess[], accounts: number, events: number) {
  const peer = running.find(({ name }) => name === EMMETT_POSTGRES);
  if (peer === undefined) return [];
  await post(`${peer.url}/forget`, undefined, [200]);
  for (const number of numbersOf(accounts))
    await post(`${peer.url}/fill/${number}/${events}`, undefined, [200]);
  const startedAt = performance.now();
  await post(`${peer.url}/rebuild`, undefined, [200]);
  const seconds = (performance.now() - startedAt) / 1000;
  for (const number of numbersOf(accounts)) {
    const response = await fetch(`${peer.url}/v1/accounts/${number}`);
    if (versionIn(await response.json()) !== events)
      throw new Error(`${peer.name} did not rebuild ${number}`);
  }
  return [
    {
      system: peer.name,
      what: REBUILD_RATE,
      unit: "events/s",
      spread: spreadOf([(accounts * events) / seconds]),
    },
  ];
}
