// Reads per second: an account, an account that the client has already, and a page of the list.

import {
  type Bench,
  EDGE,
  FLOOR,
  FLOOR_BEHIND_DOOR,
  repeated,
  STRAIGHT,
  startAnew,
  turnsOf,
} from "../bench.ts";
import { type Figure, type Measured, ratioOf, spreadOf } from "../figures.ts";
import { load } from "../load.ts";
import { FLOOR_NAMES, WORKER_NAMES } from "../systems.ts";
import type { Traffic } from "../traffic.ts";
import { type Commands, whyEdge } from "./commands.ts";

const GOAL = 0.85;
const ONE = "account by number";
const UNCHANGED = "account by number, If-None-Match met";
const CHANGED = "account by number, If-None-Match not met";
const PAGE = "page of 50 accounts";

interface Reader {
  readonly system: string;
  readonly what: string;
  readonly url: () => string;
  readonly traffic: Traffic;
}

export async function measureReads(bench: Bench, { targets }: Commands): Promise<Measured> {
  const { sizes, system, floor, peers } = bench;
  const paths = (targets[0]?.accounts.numbers ?? []).map((number) => `/v1/accounts/${number}`);
  const one = repeated(paths, 200);
  const page = repeated(["/v1/accounts"], 200);
  // Any version: what is met is `*`.
  const unchanged = repeated(paths, 304, { "If-None-Match": "*" });
  const changed = repeated(paths, 200, { "If-None-Match": '"0"' });
  const doors = [
    { name: STRAIGHT, url: () => system.url(WORKER_NAMES.query) },
    { name: EDGE, url: () => system.url(WORKER_NAMES.edge) },
  ];
  const floors = [
    { name: FLOOR, url: () => floor.url(FLOOR_NAMES.view) },
    { name: FLOOR_BEHIND_DOOR, url: () => floor.url(FLOOR_NAMES.door) },
  ];
  const readers: Reader[] = [
    ...floors.flatMap(({ name, url }) => [
      { system: name, what: ONE, url, traffic: one },
      { system: name, what: PAGE, url, traffic: page },
    ]),
    ...doors.flatMap(({ name, url }) => [
      { system: name, what: ONE, url, traffic: one },
      { system: name, what: UNCHANGED, url, traffic: unchanged },
      { system: name, what: CHANGED, url, traffic: changed },
      { system: name, what: PAGE, url, traffic: page },
    ]),
    ...peers.running.map(({ name, url }) => ({ system: name, what: ONE, url: () => url, traffic: one })),
  ];
  const samples = readers.map(() => ({ perSecond: [] as number[], errors: 0 }));
  const { connections, turns, warmUpSeconds, rounds, quick } = sizes;
  const { seconds } = turns;
  for (let round = 0; round < rounds; round++) {
    await startAnew(bench);
    for (const { url, traffic } of quick ? [] : readers)
      await load(url(), traffic, { connections, seconds: warmUpSeconds });
    for (const [index, { url, traffic }] of turnsOf(round, turns, [...readers.entries()])) {
      const { perSecond, errors } = await load(url(), traffic, { connections, seconds });
      const own = samples[index];
      own?.perSecond.push(perSecond);
      if (own !== undefined) own.errors += errors;
    }
  }
  const figures: Figure[] = readers.map(({ system: name, what }, index) => ({
    system: name,
    what,
    unit: "reads/s",
    spread: spreadOf(samples[index]?.perSecond ?? []),
    errors: samples[index]?.errors ?? 0,
  }));
  const ofDoor = (what: string) =>
    ratioOf(figures, { system: FLOOR_BEHIND_DOOR, what }, { system: FLOOR, what }).measured;
  const goal = (name: string, what: string, against: string) => ({
    text: `${name}, ${what}: × the floor's ${against}`,
    ...ratioOf(figures, { system: name, what }, { system: FLOOR, what: against }),
    limit: GOAL,
    isCeiling: false,
    reason:
      (what === PAGE
        ? "each account links what can be done with it, so a page is eight times the floor's size; "
        : "") +
      "the floor parses no query, makes no links, no entity tag and no trace id, and writes no log line" +
      (name === EDGE ? `; ${whyEdge(ofDoor(against))}` : ""),
  });
  return {
    name: "reads",
    title: "Reads per second",
    how: `${sizes.connections} connections over ${paths.length} accounts, while nothing is written. If-None-Match is \`*\`, which any version meets, or the tag of version 0, which none does. Peers are asked for an account by its number alone.`,
    figures,
    goals: [STRAIGHT, EDGE].flatMap((name) => [
      goal(name, ONE, ONE),
      goal(name, UNCHANGED, ONE),
      goal(name, CHANGED, ONE),
      goal(name, PAGE, PAGE),
    ]),
    notes: [],
    plots: [
      {
        file: "reads.svg",
        title: "Reads per second",
        whats: [ONE, UNCHANGED, CHANGED, PAGE],
        unit: "reads/s",
      },
    ],
  };
}
