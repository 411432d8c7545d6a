// Commands per second: as many as each system takes, straight and through the edge.

import {
  type Bench,
  EDGE,
  FLOOR,
  FLOOR_BEHIND_DOOR,
  loadTarget,
  openTargets,
  STRAIGHT,
  startTargetsAnew,
  type Target,
  type Turns,
  turnsOf,
} from "../bench.ts";
import { type Figure, type Measured, medianOf, ratioOf, spreadOf } from "../figures.ts";
import { EMMETT_POSTGRES } from "../peers.ts";
import { number } from "../tables.ts";

const STRAIGHT_GOAL = 0.85;
const EDGE_GOAL = 0.75;

const MANY_SLOWER =
  "each command wakes an account, which has an alarm to read and sets one; the local runtime keeps alarms in a database of its own, so that a " +
  "command waits for four syncs where the floor's waits for three";

const SLOWER =
  "a command does more than the floor's row: it checks the request, folds the account, writes the event with its " +
  "metadata, sets an alarm, publishes the whole event and logs a line, and the processor folds it and writes two rows on the same machine, where the floor writes one";

export interface Commands {
  readonly measured: Measured;
  /** Of the few accounts, for what is measured at half of the maximum. */
  readonly targets: readonly Target[];
  readonly maxima: ReadonlyMap<string, number>;
}

export async function measureCommands(bench: Bench): Promise<Commands> {
  const { fewAccounts, manyAccounts, rounds, turns, warmUpSeconds, manyRounds, seconds } = bench.sizes;
  const few = await openTargets(bench, "FEW", fewAccounts, false);
  const figures = await loadAll(bench, few, fewAccounts, rounds, turns, warmUpSeconds, () =>
    startTargetsAnew(bench, few),
  );
  if (manyAccounts !== null) {
    const many = await openTargets(bench, "MANY", manyAccounts, true);
    figures.push(
      ...(await loadAll(bench, many, manyAccounts, manyRounds, { count: 1, seconds }, 0, () =>
        startTargetsAnew(bench, few),
      )),
    );
  }
  const counts = manyAccounts === null ? [fewAccounts] : [fewAccounts, manyAccounts];
  const goals = counts.flatMap((count) => {
    const of = (system: string, other: string) =>
      ratioOf(figures, { system, what: whatOf(count) }, { system: other, what: whatOf(count) });
    const slower = count === manyAccounts ? `${MANY_SLOWER}; and ${SLOWER}` : SLOWER;
    return [
      {
        text: `${count} accounts, straight: × the floor`,
        ...of(STRAIGHT, FLOOR),
        limit: STRAIGHT_GOAL,
        isCeiling: false,
        reason: slower,
      },
      {
        text: `${count} accounts, through the edge: × the floor`,
        ...of(EDGE, FLOOR),
        limit: EDGE_GOAL,
        isCeiling: false,
        reason: `${whyEdge(of(FLOOR_BEHIND_DOOR, FLOOR).measured)}; and ${slower}`,
      },
      {
        text: `${count} accounts, through the edge: × ${EMMETT_POSTGRES}`,
        ...of(EDGE, EMMETT_POSTGRES),
        limit: 1,
        isCeiling: false,
        reason:
          (count === manyAccounts
            ? "nearly every command wakes an account, whose log is a file that is opened for it; the floor's rate falls as far. "
            : "") +
          "Each account's log is a file of its own with a sync for each commit, where PostgreSQL commits many accounts with one sync; in production the objects are on many machines",
      },
    ];
  });
  return {
    measured: {
      name: "commands",
      title: "Commands per second",
      how:
        `${bench.sizes.connections} connections, each with accounts of its own, turn their default flag: every command is ` +
        "legal and writes one event. Of few accounts all are awake; of many, most have been put to sleep since their last command, so that nearly each command wakes one. No idempotency keys. What Workers log is written, and nobody reads it. Nobody has to sign in, so no token is checked and no rate limited. The alarms that look after publishing go off five seconds later, " +
        "when no one is measured, and so it is with objects that fall asleep ten seconds later where accounts are many; the processor time of a command has all in it that is done behind replies.",
      figures,
      goals,
      notes: [],
      plots: [
        {
          file: "commands.svg",
          title: "Commands per second",
          whats: counts.map(whatOf),
          unit: "commands/s",
        },
      ],
    },
    targets: few,
    maxima: new Map(few.map(({ name }) => [name, medianOf(figures, name, whatOf(fewAccounts)) ?? 0])),
  };
}

/** `kept`: what the floor keeps of its rate behind a bare edge; more than all of it is chance. */
export function whyEdge(kept: number | null): string {
  const floors =
    kept !== null && kept < 1 ? `, behind which the floor itself keeps ${number(kept)} of its rate` : "";
  return `the edge is one more Worker to go through${floors}`;
}

const whatOf = (accounts: number): string => `commands, ${accounts} accounts`;
const timeOf = (accounts: number): string => `processor time of a command, ${accounts} accounts`;

async function loadAll(
  { sizes }: Bench,
  targets: readonly Target[],
  count: number,
  rounds: number,
  turns: Turns,
  warmUpSeconds: number,
  startRound: () => Promise<void>,
): Promise<Figure[]> {
  const { connections } = sizes;
  const { seconds } = turns;
  const samples = new Map(
    targets.map(({ name }) => [name, { perSecond: [] as number[], processorMs: [] as number[], errors: 0 }]),
  );
  for (let round = 0; round < rounds; round++) {
    await startRound();
    for (const target of turnsOf(round, turns, targets)) {
      const result = await loadTarget(target, { connections, seconds }, warmUpSeconds);
      const own = samples.get(target.name);
      if (own === undefined) continue;
      own.perSecond.push(result.perSecond);
      if (result.processorMs !== null) own.processorMs.push(result.processorMs);
      own.errors += result.errors;
    }
  }
  return [...samples].flatMap(([system, { perSecond, processorMs, errors }]): Figure[] => [
    { system, what: whatOf(count), unit: "commands/s", spread: spreadOf(perSecond), errors },
    ...(processorMs.length === 0
      ? []
      : [{ system, what: timeOf(count), unit: "ms", spread: spreadOf(processorMs) }]),
  ]);
}
