// Lag: from the acknowledgement of a command to the moment when the view shows it, idle and at half load.

import { setTimeout as sleep } from "node:timers/promises";
import { versionIn } from "../accounts.ts";
import {
  type Bench,
  EDGE,
  FLOOR,
  FLOOR_BEHIND_DOOR,
  quiet,
  startTargetsAnew,
  type Target,
  turnsOf,
} from "../bench.ts";
import { type Figure, type Goal, type Measured, percentile, ratioOf, spreadOf } from "../figures.ts";
import { load } from "../load.ts";
import { FLOOR_NAMES, WORKER_NAMES } from "../systems.ts";
import type { Commands } from "./commands.ts";

const P50_GOAL = 1.5;
const LIMIT_MS = 30_000;
/** Longer than any pause that the publisher makes after a send: the account is at rest again. */
const REST_MS = 250;
const IDLE = "idle";
const HALF_LOAD = "half load";
const SITUATIONS = [IDLE, HALF_LOAD] as const;

export async function measureLag(bench: Bench, { targets, maxima }: Commands): Promise<Measured> {
  const { sizes, system, floor } = bench;
  // Both through an edge: the way back of an acknowledgement is none of the lag.
  const probes = [
    { name: EDGE, door: EDGE, readUrl: () => system.url(WORKER_NAMES.query) },
    { name: FLOOR, door: FLOOR_BEHIND_DOOR, readUrl: () => floor.url(FLOOR_NAMES.view) },
  ];
  /** By situation and system: the lags of each round. */
  const rounds = new Map<string, { situation: string; system: string; lags: number[][] }>();
  for (let round = 0; round < sizes.rounds; round++) {
    await startTargetsAnew(bench, targets);
    for (const situation of SITUATIONS) {
      for (const { name: probed, door, readUrl } of turnsOf(round, { ...sizes.turns, count: 1 }, probes)) {
        const target = targets.find(({ name }) => name === door);
        if (target === undefined) continue;
        const probing = probe(target, readUrl(), Math.ceil(sizes.lags / sizes.rounds));
        const lags =
          situation === IDLE
            ? await probing
            : await underLoad(bench, target, (maxima.get(EDGE) ?? 0) / 2, probing);
        const key = JSON.stringify([situation, probed]);
        const own = rounds.get(key) ?? { situation, system: probed, lags: [] };
        rounds.set(key, own);
        own.lags.push(inOrder(lags));
        await quiet(target.rig);
      }
    }
  }
  const figures = [...rounds.values()].flatMap(({ situation, system: name, lags }): Figure[] => {
    const p50 = spreadOf(lags.map((own) => percentile(own, 0.5)));
    // A round has too few to know the one in a hundred.
    const p99 = spreadOf([percentile(inOrder(lags.flat()), 0.99)]);
    return [
      { system: name, what: whatOf(situation, "p50"), unit: "ms", spread: p50 },
      { system: name, what: whatOf(situation, "p99"), unit: "ms", spread: p99 },
    ];
  });
  const goals = SITUATIONS.map(
    (situation): Goal => ({
      text: `${situation}: p50 × the floor's`,
      ...ratioOf(
        figures,
        { system: EDGE, what: whatOf(situation, "p50") },
        { system: FLOOR, what: whatOf(situation, "p50") },
      ),
      limit: P50_GOAL,
      isCeiling: true,
      reason:
        situation === IDLE
          ? "the processor's transaction has three or four statements on two tables where the floor has one"
          : "the processor rests after a batch for as long as that took, so that commands wait less for its transactions, and an event waits for the next batch; and it shares a thread with the commands, which are more work than the floor's",
    }),
  );
  return {
    name: "lag",
    title: "Lag",
    how:
      "A command on one account that is at rest, and as soon as it is acknowledged reads of that account, one after the other, until " +
      "its version is there. Commands go through the edge, reads straight to the query Worker, and so it is with the floor and its bare edge. " +
      "At half load the other accounts get commands meanwhile.",
    figures,
    goals,
    notes: [
      "Reading takes a moment too, so a lag of one or two reads is the least that can be seen.",
      "p50 is the median of the rounds; p99 is of all rounds together.",
      "Of an account that gets one command after the other, the next event waits 10 ms for each that the send before carried, 200 ms at most.",
    ],
    plots: [
      {
        file: "lag.svg",
        title: "From acknowledgement to view",
        whats: SITUATIONS.flatMap((situation) => [whatOf(situation, "p50"), whatOf(situation, "p99")]),
        unit: "ms",
        logarithmic: true,
      },
    ],
  };
}

const whatOf = (situation: string, percentileName: string): string => `${situation}, ${percentileName}`;
const inOrder = (lags: readonly number[]): number[] => lags.toSorted((one, other) => one - other);

async function underLoad(
  { sizes }: Bench,
  { url, accounts }: Target,
  rate: number,
  probing: Promise<number[]>,
): Promise<number[]> {
  let isProbing = true;
  const done = probing.finally(() => {
    isProbing = false;
  });
  // The probe's account is the last connection's.
  const connections = Math.min(sizes.connections, accounts.numbers.length) - 1;
  // Its failure is told by the last line, whenever it comes.
  done.catch(() => {});
  while (isProbing) await load(url, accounts, { connections, seconds: 1, rate });
  await accounts.settle(url);
  return done;
}

/** In milliseconds. On the last connection's account. */
async function probe({ url, accounts }: Target, readUrl: string, count: number): Promise<number[]> {
  const index = accounts.lastConnection;
  const path = `/v1/accounts/${accounts.numbers[index]}`;
  const lags: number[] = [];
  for (let sample = 0; sample < count; sample++) {
    await sleep(REST_MS);
    const version = await accounts.command(url, index);
    const acknowledgedAt = performance.now();
    while ((await viewedVersion(`${readUrl}${path}`)) < version) {
      if (performance.now() - acknowledgedAt > LIMIT_MS) throw new Error(`${path} is late by ${LIMIT_MS} ms`);
    }
    lags.push(performance.now() - acknowledgedAt);
  }
  return lags;
}

async function viewedVersion(url: string): Promise<number> {
  const response = await fetch(url);
  const body: unknown = await response.json().catch(() => null);
  return response.ok ? versionIn(body) : 0;
}
