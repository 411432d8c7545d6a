// The latency of a command at half of the maximum load.

import { type Bench, EDGE, FLOOR, loadTarget, STRAIGHT, startTargetsAnew, turnsOf } from "../bench.ts";
import { type Figure, type Measured, ratioOf, spreadOf } from "../figures.ts";
import type { Commands } from "./commands.ts";

const P50_GOAL = 1.3;
const P50 = "latency, p50";
const P99 = "latency, p99";

export async function measureLatency(bench: Bench, { targets, maxima }: Commands): Promise<Measured> {
  const { sizes } = bench;
  const half = (maxima.get(EDGE) ?? 0) / 2;
  const rateOf = (name: string): number => Math.min(half, (maxima.get(name) ?? 0) / 2);
  const samples = new Map(
    targets.map(({ name }) => [name, { p50: [] as number[], p99: [] as number[], errors: 0 }]),
  );
  for (let round = 0; round < sizes.rounds; round++) {
    await startTargetsAnew(bench, targets);
    for (const target of turnsOf(round, sizes.turns, targets)) {
      const { connections, turns } = sizes;
      const options = { connections, seconds: turns.seconds, rate: rateOf(target.name) };
      const result = await loadTarget(target, options, sizes.warmUpSeconds);
      const own = samples.get(target.name);
      own?.p50.push(result.p50Ms);
      own?.p99.push(result.p99Ms);
      if (own !== undefined) own.errors += result.errors;
    }
  }
  const figures: Figure[] = [...samples].flatMap(([system, { p50, p99, errors }]) => [
    { system, what: P50, unit: "ms", spread: spreadOf(p50), errors },
    { system, what: P99, unit: "ms", spread: spreadOf(p99), errors },
  ]);
  const goal = (system: string) => ({
    text: `${system}: p50 × the floor's`,
    ...ratioOf(figures, { system, what: P50 }, { system: FLOOR, what: P50 }),
    limit: P50_GOAL,
    isCeiling: true,
    reason:
      "the views' transactions, with a sync that blocks, run on the same thread here as the commands, and at the same rate more of that thread is taken than by the floor",
  });
  return {
    name: "latency",
    title: "Latency of a command",
    how:
      `At ${Math.round(half)} commands a second, half of what the system takes through the edge, for all alike; a peer ` +
      "that takes less is given half of its own maximum.",
    figures,
    goals: [goal(STRAIGHT), goal(EDGE)],
    notes: [
      ...targets
        .filter(({ name }) => rateOf(name) < half)
        .map(({ name }) => `${name} had ${Math.round(rateOf(name))} commands a second.`),
      "The system's processor rests after a batch for as long as that took, and the floor's and a peer's writes go as they come: at this load a command of the system waits for fewer of them. What that costs is seen in the lag at half load.",
    ],
    plots: [
      {
        file: "latency.svg",
        title: "Latency at half load",
        whats: [P50, P99],
        unit: "ms",
        logarithmic: true,
      },
    ],
  };
}
