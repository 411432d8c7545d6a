// One account's growth, and waking it: what a long log costs the next command.

import { Accounts, fillLog, post } from "../accounts.ts";
import { type Bench, EDGE, loadTarget, quiet, type Target } from "../bench.ts";
import { type Figure, type Measured, ratioOf, spreadOf } from "../figures.ts";
import { EMMETT_POSTGRES } from "../peers.ts";
import { WORKER_NAMES } from "../systems.ts";

const GROWTH_GOAL = 0.9;
const WAKING_GOAL = 2;
/** Filling a longer log through Emmett's inline projection takes many minutes, and what it would show is seen before. */
const MAX_PEER_EVENTS = 10_000;

export interface Growth {
  readonly growth: Measured;
  readonly waking: Measured;
}

export async function measureGrowth(bench: Bench): Promise<Growth> {
  const targets = new Map<number, Target[]>();
  for (const events of bench.sizes.logs) targets.set(events, await openLogs(bench, events));
  await quiet(bench.system);
  return { growth: await grow(bench, targets), waking: await wake(bench, targets) };
}

/** One account with so many events, in the system and in Emmett on PostgreSQL. */
async function openLogs({ system, peers }: Bench, events: number): Promise<Target[]> {
  const prefix = `LOG-${events}`;
  const logOf = () => new Accounts(prefix, 1, 1, events % 2 === 0);
  const url = system.url(WORKER_NAMES.edge);
  await fillLog(url, `${prefix}-0`, events);
  const targets: Target[] = [{ name: EDGE, url, accounts: logOf(), rig: system, restMs: 0 }];
  const emmett = peers.running.find(({ name }) => name === EMMETT_POSTGRES);
  if (emmett !== undefined && events <= MAX_PEER_EVENTS) {
    await post(`${emmett.url}/fill/${prefix}-0/${events}`, undefined, [200]);
    targets.push({ name: EMMETT_POSTGRES, url: emmett.url, accounts: logOf(), rig: null, restMs: 0 });
  }
  return targets;
}

const eventsIn = (events: number): string => `${events} events`;

async function grow({ sizes }: Bench, logs: ReadonlyMap<number, readonly Target[]>): Promise<Measured> {
  const samples = new Map<
    string,
    { figure: Omit<Figure, "spread" | "errors">; perSecond: number[]; errors: number }
  >();
  for (let round = 0; round < sizes.rounds; round++) {
    for (const [events, targets] of logs) {
      for (const target of targets) {
        const result = await loadTarget(target, { connections: 1, seconds: sizes.seconds });
        const figure = { system: target.name, what: eventsIn(events), unit: "commands/s" };
        const key = JSON.stringify(figure);
        const own = samples.get(key) ?? { figure, perSecond: [], errors: 0 };
        samples.set(key, own);
        own.perSecond.push(result.perSecond);
        own.errors += result.errors;
      }
    }
  }
  const figures: Figure[] = [...samples.values()].map(({ figure, perSecond, errors }) => ({
    ...figure,
    spread: spreadOf(perSecond),
    errors,
  }));
  const [shortest = 0, longest = 0] = [sizes.logs[0], sizes.logs.at(-1)];
  return {
    name: "growth",
    title: "One account's growth",
    how: "One connection sends the next command when it has its reply, on an account whose log has so many events.",
    figures,
    goals: [
      {
        text: `commands per second on ${eventsIn(longest)}: × those on ${eventsIn(shortest)}`,
        measured: ratioOf(
          figures,
          { system: EDGE, what: eventsIn(longest) },
          { system: EDGE, what: eventsIn(shortest) },
        ),
        limit: GROWTH_GOAL,
        isCeiling: false,
        reason: "a command reads nothing of the log; what differs is this run's disk, see the ranges",
      },
    ],
    notes: [],
    plots: [
      {
        file: "growth.svg",
        title: "Commands per second by the length of the log",
        whats: sizes.logs.map(eventsIn),
        unit: "commands/s",
        logarithmic: true,
      },
    ],
  };
}

async function wake(
  { system, sizes }: Bench,
  logs: ReadonlyMap<number, readonly Target[]>,
): Promise<Measured> {
  const ends = [sizes.logs[0] ?? 0, sizes.logs.at(-1) ?? 0];
  const samples = new Map<number, number[]>(ends.map((events) => [events, []]));
  for (let sample = 0; sample < sizes.wakings; sample++) {
    for (const events of ends) {
      const target = logs.get(events)?.find(({ name }) => name === EDGE);
      const accountNumber = target?.accounts.numbers[0];
      if (target === undefined || accountNumber === undefined) continue;
      await system.evict(WORKER_NAMES.command, "AccountObject", accountNumber);
      const startedAt = performance.now();
      await target.accounts.command(target.url, 0);
      samples.get(events)?.push(performance.now() - startedAt);
    }
  }
  const figures: Figure[] = [...samples].map(([events, waited]) => ({
    system: EDGE,
    what: eventsIn(events),
    unit: "ms",
    spread: spreadOf(waited),
  }));
  const [first = 0, last = 0] = ends;
  return {
    name: "waking",
    title: "Waking an account",
    how: "The object is put out of memory; then the time from sending a command to its reply.",
    figures,
    goals: [
      {
        text: `first command on ${eventsIn(last)}: × that on ${eventsIn(first)}`,
        measured: ratioOf(
          figures,
          { system: EDGE, what: eventsIn(last) },
          { system: EDGE, what: eventsIn(first) },
        ),
        limit: WAKING_GOAL,
        isCeiling: true,
        reason:
          "a waking object reads a snapshot and fewer than a hundred events, however long its log; the rest is opening a larger file",
      },
    ],
    notes: [],
    plots: [
      {
        file: "waking.svg",
        title: "First command on a sleeping account",
        whats: ends.map(eventsIn),
        unit: "ms",
      },
    ],
  };
}
