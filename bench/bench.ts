// What every measure works with: the systems that run, the sizes of this run, and the accounts that are opened once.

import { setTimeout as sleep } from "node:timers/promises";
import { Accounts } from "./accounts.ts";
import { load } from "./load.ts";
import type { Peers } from "./peers.ts";
import type { Rig } from "./rig.ts";
import { FLOOR_NAMES, WORKER_NAMES } from "./systems.ts";
import type { LoadOptions, LoadResult, Traffic } from "./traffic.ts";

export const STRAIGHT = "Tributary, straight";
export const EDGE = "Tributary, through the edge";
export const FLOOR = "floor";
/** What is left of the floor behind one more Worker, which does nothing: what an edge costs at the least. */
export const FLOOR_BEHIND_DOOR = "floor, through a bare edge";

export interface Turns {
  readonly count: number;
  readonly seconds: number;
}

export interface Sizes {
  readonly quick: boolean;
  readonly rounds: number;
  /** How often in a round each system has its turn, and how long that is. */
  readonly turns: Turns;
  /** Enough for every one of the few accounts to be awake; of many, most sleep whenever their turn comes. The quick run has none. */
  readonly warmUpSeconds: number;
  /** Of commands over many accounts, of which one takes two minutes. */
  readonly manyRounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly fewAccounts: number;
  /** Null where the quick run leaves them out. */
  readonly manyAccounts: number | null;
  /** Events in the log of the one account that grows. */
  readonly logs: readonly number[];
  readonly wakings: number;
  readonly lags: number;
  readonly rebuildAccounts: number;
  readonly rebuildEventsEach: number;
  /** Emmett's rebuild is so much slower that it is given fewer; its rate is what counts. */
  readonly peerRebuildAccounts: number;
  readonly idleLives: number;
  readonly burstCommands: number;
}

export const FULL: Sizes = {
  quick: false,
  rounds: 5,
  turns: { count: 2, seconds: 2 },
  warmUpSeconds: 1,
  manyRounds: 3,
  seconds: 4,
  connections: 32,
  fewAccounts: 200,
  manyAccounts: 5_000,
  logs: [10, 1_000, 10_000, 100_000],
  wakings: 20,
  lags: 100,
  rebuildAccounts: 2_000,
  rebuildEventsEach: 25,
  peerRebuildAccounts: 200,
  idleLives: 8,
  burstCommands: 1_000,
};

export const QUICK: Sizes = {
  quick: true,
  rounds: 1,
  turns: { count: 1, seconds: 1 },
  warmUpSeconds: 0,
  manyRounds: 1,
  seconds: 1,
  connections: 32,
  fewAccounts: 64,
  manyAccounts: null,
  logs: [10, 1_000],
  wakings: 5,
  lags: 10,
  rebuildAccounts: 50,
  rebuildEventsEach: 25,
  peerRebuildAccounts: 10,
  idleLives: 1,
  burstCommands: 1_000,
};

export interface Bench {
  readonly sizes: Sizes;
  readonly system: Rig;
  readonly floor: Rig;
  readonly peers: Peers;
}

/** One door to a system that takes commands. */
export interface Target {
  readonly name: string;
  /** Another one after each start of its runtime. */
  readonly url: string;
  readonly accounts: Accounts;
  /** Null for a peer, which does all its work before it answers. */
  readonly rig: Rig | null;
  /** How long after its last request it still has something to do that others would notice, in milliseconds. */
  readonly restMs: number;
}

/** An account's alarm goes off five seconds after it was set. */
export const ALARMS_MS = 6_000;
/** An object that nobody calls is put to sleep after ten seconds, and its file closed. */
const SLEEP_MS = 11_000;

/**
 * Opens so many accounts in each system; two doors of one system lead to the same ones. `areMany`: so that their falling asleep
 * takes as long as their commands.
 */
export async function openTargets(
  bench: Bench,
  prefix: string,
  count: number,
  areMany: boolean,
): Promise<Target[]> {
  const { system, floor, peers, sizes } = bench;
  const open = async (url: string): Promise<Accounts> => {
    const accounts = new Accounts(prefix, count, sizes.connections);
    await accounts.open(url);
    return accounts;
  };
  const own = await open(system.url(WORKER_NAMES.command));
  const floors = await open(floor.url(FLOOR_NAMES.command));
  const sleepMs = areMany ? SLEEP_MS : 0;
  const restMs = sizes.quick ? 0 : ALARMS_MS + sleepMs;
  const doors = [
    { name: STRAIGHT, rig: system, worker: WORKER_NAMES.command, accounts: own },
    // The floor between the two that are held against it.
    { name: FLOOR, rig: floor, worker: FLOOR_NAMES.command, accounts: floors },
    { name: EDGE, rig: system, worker: WORKER_NAMES.edge, accounts: own },
    { name: FLOOR_BEHIND_DOOR, rig: floor, worker: FLOOR_NAMES.door, accounts: floors },
  ];
  const targets: Target[] = doors.map(({ name, rig, worker, accounts }) => ({
    name,
    get url() {
      return rig.url(worker);
    },
    accounts,
    rig,
    restMs: rig === system ? restMs : sleepMs,
  }));
  for (const { name, url } of peers.running) {
    targets.push({ name, url, accounts: await open(url), rig: null, restMs: 0 });
  }
  for (const target of targets) await settled(target);
  return targets;
}

/** Long enough for what a new runtime runs often to be compiled. */
const COMPILING_SECONDS = 2;

/**
 * New runtimes on the storage that there is: one is faster than the next by a tenth or two for as long as it runs, so that rounds in
 * a single one would agree with each other, and with nothing else.
 */
export async function startAnew({ sizes, system, floor }: Bench): Promise<void> {
  if (sizes.quick) return;
  for (const rig of [system, floor]) {
    await rig.stopRuntime();
    await rig.startRuntime();
  }
}

/** The same, and then so many commands that the runtimes are warm, and their rest after it. */
export async function startTargetsAnew(bench: Bench, targets: readonly Target[]): Promise<void> {
  if (bench.sizes.quick) return;
  await startAnew(bench);
  const own = targets.filter(({ rig }) => rig !== null);
  for (const { url, accounts } of own) {
    await load(url, accounts, { connections: bench.sizes.connections, seconds: COMPILING_SECONDS });
    await accounts.settle(url);
  }
  await Promise.all(own.map(settled));
}

/**
 * Whose turn it is in a round, one after the other. The machine's own speed changes within seconds, so turns are short and a system has
 * several: two that are compared have theirs soon after each other. Every other time they go the other way round, and after that
 * another one begins: nobody always comes first, or always after the same.
 */
export function turnsOf<Each>(round: number, { count }: Turns, each: readonly Each[]): readonly Each[] {
  return Array.from({ length: count }, (_, index) => {
    const turn = round * count + index;
    const first = Math.floor(turn / 2) % each.length;
    const inTurn = [...each.slice(first), ...each.slice(0, first)];
    return turn % 2 === 0 ? inTurn : inTurn.toReversed();
  }).flat();
}

export interface TargetResult extends LoadResult {
  /** Milliseconds of processor time for each command, with what is done behind its reply; null for a peer. */
  readonly processorMs: number | null;
}

/** Loads a target, and waits until what it does behind its replies is done: the next one is to have the machine to itself. */
export async function loadTarget(
  target: Target,
  options: LoadOptions,
  warmUpSeconds = 0,
): Promise<TargetResult> {
  const { url, accounts, rig } = target;
  const before = (await rig?.cpuSeconds()) ?? null;
  let commands = 0;
  const loaded = async (seconds: number): Promise<LoadResult> => {
    const result = await load(url, accounts, { ...options, seconds });
    // What was cut off then may have been applied: the next command of those accounts would be refused.
    commands += result.replies + (await accounts.settle(url));
    return result;
  };
  if (warmUpSeconds > 0) await loaded(warmUpSeconds);
  const result = await loaded(options.seconds);
  await settled(target);
  const after = (await rig?.cpuSeconds()) ?? null;
  const isCounted = before !== null && after !== null && commands > 0;
  return { ...result, processorMs: isCounted ? ((after - before) * 1000) / commands : null };
}

async function settled({ rig, restMs }: Target): Promise<void> {
  await quiet(rig);
  if (restMs === 0) return;
  await sleep(restMs);
  await quiet(rig);
}

/** A runtime that rests uses less than this share of a processor. */
const RESTING_SHARE = 0.1;
const LOOK_MS = 300;
const QUIET_LIMIT_MS = 30_000;

export async function quiet(rig: Rig | null): Promise<void> {
  const givenUpAt = performance.now() + QUIET_LIMIT_MS;
  for (let before = (await rig?.cpuSeconds()) ?? null; before !== null && performance.now() < givenUpAt; ) {
    await sleep(LOOK_MS);
    const now = (await rig?.cpuSeconds()) ?? before;
    if (now - before < (RESTING_SHARE * LOOK_MS) / 1000) return;
    before = now;
  }
}

/** The same request again and again, over paths in turn. */
export function repeated(
  paths: readonly string[],
  expected: number,
  headers?: Readonly<Record<string, string>>,
): Traffic {
  let turn = 0;
  return {
    expected,
    next: () => ({
      method: "GET",
      path: paths[turn++ % paths.length] ?? "/",
      ...(headers === undefined ? {} : { headers }),
    }),
    answered: () => {},
  };
}
