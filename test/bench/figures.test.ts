// Figures: what a ratio over several turns says, and whose turn it is.

import { expect, it } from "vitest";
import { turnsOf } from "../../bench/bench.ts";
import { type Figure, ratioOf, spreadOf } from "../../bench/figures.ts";

const figure = (system: string, samples: readonly number[]): Figure => ({
  system,
  what: "rate",
  unit: "a second",
  spread: spreadOf(samples),
});
const ratioWithRange = (one: readonly number[], other: readonly number[]) =>
  ratioOf(
    [figure("one", one), figure("other", other)],
    { system: "one", what: "rate" },
    { system: "other", what: "rate" },
  );
const ratio = (one: readonly number[], other: readonly number[]) => ratioWithRange(one, other).measured;

it("is the median of the turns' ratios, so that a machine that slows down from turn to turn changes nothing", () => {
  expect(ratio([80, 8, 40], [100, 10, 50])).toBeCloseTo(0.8);
  // Of the medians it would be 0.56.
  expect(ratio([10, 50, 90], [10, 100, 90])).toBe(1);
});

it("is the mean of the two in the middle, where there is no middle one", () => {
  expect(ratio([8, 6, 4, 2], [10, 10, 10, 10])).toBe(0.5);
});

it("has the range of the turns' ratios", () => {
  expect(ratioWithRange([10, 50, 90], [10, 100, 60])).toEqual({ measured: 1, range: [0.5, 1.5] });
});

it("is that of the medians, without a range, where turns can't be paired", () => {
  expect(ratioWithRange([10, 30, 20], [5])).toEqual({ measured: 4 });
});

it("is none where a figure is missing, or a rate is nothing", () => {
  const [one, other] = [
    { system: "one", what: "rate" },
    { system: "other", what: "rate" },
  ];
  expect(ratioOf([figure("one", [1])], one, other).measured).toBeNull();
  expect(ratio([1], [0])).toBeNull();
  expect(ratio([], [])).toBeNull();
});

it.each([2, 3, 4])(
  "lets each of %i have as many turns, each begin, and each come right before another and right after it",
  (count) => {
    const systems = ["one", "other", "third", "fourth"].slice(0, count);
    const turns = systems.map((_, round) => turnsOf(round, { count: 2, seconds: 1 }, systems));
    for (const round of turns) expect(round.toSorted()).toEqual([...systems, ...systems].toSorted());
    const order = turns.flat();
    const pairs = order.map((system, index) => `${system} ${order[index + 1]}`);
    for (const [index, system] of systems.entries()) {
      const next = systems[(index + 1) % count];
      expect(pairs).toEqual(expect.arrayContaining([`${system} ${next}`, `${next} ${system}`]));
    }
    const firsts = order.filter((_, index) => index % systems.length === 0);
    expect(new Set(firsts)).toEqual(new Set(systems));
  },
);
