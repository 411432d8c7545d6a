// One account's growth, and waking it: what a long log costs the next command.

import { setTimeout as sleep } from "node:timers/promises";
import { Accounts, fillLog, post } from "../accounts.ts";
import { ALARMS_MS, type Bench, EDGE, loadTarget, quiet, type Target, turnsOf } from "../bench.ts";
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
  return { growth: await grow(bench), waking: await wake(bench) };
}

/** A new account with so many events. */
async function openLog({ system }: Bench, prefix: string, events: number): Promise<Target> {
  const url = system.url(WORKER_NAMES.edge);
  await fillLog(url, `${prefix}-0`, events);
  return { name: EDGE, url, accounts: logOf(prefix, events), rig: system, restMs: 0 };
}

/** The same in Emmett on PostgreSQL, where it runs. */
async function openPeerLog({ peers }: Bench, prefix: string, events: number): Promise<Target[]> {
  const emmett = peers.running.find(({ name }) => name === EMMETT_POSTGRES);
  if (emmett === undefined || events > MAX_PEER_EVENTS) return [];
  await post(`${emmett.url}/fill/${prefix}-0/${events}`, undefined, [200]);
  return [{ name: EMMETT_POSTGRES, url: emmett.url, accounts: logOf(prefix, events), rig: null, restMs: 0 }];
}

const logOf = (prefix: string, events: number): Accounts => new Accounts(prefix, 1, 1, events % 2 === 0);
const eventsIn = (events: number): string => `${events} events`;

async function grow(bench: Bench): Promise<Measured> {
  const { sizes, system } = bench;
  const samples = new Map<
    string,
    { figure: Omit<Figure, "spread" | "errors">; perSecond: number[]; errors: number }
  >();
  for (let round = 0; round < sizes.rounds; round++) {
    // New ones in each round, because a round makes them longer.
    const logs: { readonly events: number; readonly target: Target }[] = [];
    for (const events of sizes.logs) {
      const prefix = `LOG-${round}-${events}`;
      const targets = [await openLog(bench, prefix, events), ...(await openPeerLog(bench, prefix, events))];
      logs.push(...targets.map((target) => ({ events, target })));
    }
    // None of the alarms that filling them set is to go off in somebody's turn.
    if (!sizes.quick) await sleep(ALARMS_MS);
    await quiet(system);
    for (const { events, target } of turnsOf(round, sizes.turns, logs)) {
      const options = { connections: 1, seconds: sizes.turns.seconds };
      const result = await loadTarget(target, options, sizes.warmUpSeconds);
      const figure = { system: target.name, what: eventsIn(events), unit: "commands/s" };
      const key = JSON.stringify(figure);
      const own = samples.get(key) ?? { figure, perSecond: [], errors: 0 };
      samples.set(key, own);
      own.perSecond.push(result.perSecond);
      own.errors += result.errors;
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
    how:
      `One connection sends the next command when it has its reply, for ${sizes.turns.seconds} seconds, on an account whose log has so many ` +
      "events when the round begins; new ones in each round, each with as many turns, in another order.",
    figures,
    goals: [
      {
        text: `commands per second on ${eventsIn(longest)}: × those on ${eventsIn(shortest)}`,
        ...ratioOf(
          figures,
          { system: EDGE, what: eventsIn(longest) },
          { system: EDGE, what: eventsIn(shortest) },
        ),
        limit: GROWTH_GOAL,
        isCeiling: false,
        reason: "a command reads nothing of the log; what differs is this run's disk, see the ranges",
      },
    ],
    notes: [
      "That a longer log has more commands a second than a shorter one is chance: what is looked for is whether it has fewer.",
    ],
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

async function wake(bench: Bench): Promise<Measured> {
  const { sizes, system } = bench;
  const ends = [sizes.logs[0] ?? 0, sizes.logs.at(-1) ?? 0];
  const logs = new Map<number, Target>();
  for (const events of ends) logs.set(events, await openLog(bench, `WAKE-${events}`, events));
  // None of the alarms that filling them set is to go off between two wakings.
  await sleep(ALARMS_MS);
  await quiet(system);
  const samples = new Map<number, number[]>(ends.map((events) => [events, []]));
  for (let sample = 0; sample < sizes.wakings; sample++) {
    for (const events of ends) {
      const target = logs.get(events);
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
        ...ratioOf(figures, { system: EDGE, what: eventsIn(last) }, { system: EDGE, what: eventsIn(first) }),
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
