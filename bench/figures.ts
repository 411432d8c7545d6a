// What a measure comes to: figures of several rounds, and goals that they are held against.

/** One figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  /** One of each turn, or of each round where it has one, in their order. */
  readonly samples: readonly number[];
}

export interface Figure {
  /** What was measured: the system, the floor, a peer. */
  readonly system: string;
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
  /** Requests that failed, of all rounds; absent where nothing was requested. */
  readonly errors?: number;
}

export interface Goal {
  readonly text: string;
  /** Null where it could not be measured. */
  readonly measured: number | null;
  /** Of a ratio: that of single turns, the least and the greatest. */
  readonly range?: readonly [least: number, greatest: number];
  readonly limit: number;
  readonly isCeiling: boolean;
  /** Said where the goal is not met. */
  readonly reason: string;
}

export interface Plot {
  readonly file: string;
  readonly title: string;
  /** The figures that it shows, by `what`, each as a group of bars. */
  readonly whats: readonly string[];
  readonly unit: string;
  readonly logarithmic?: boolean;
}

export interface Measured {
  readonly name: string;
  readonly title: string;
  /** How it was measured. */
  readonly how: string;
  readonly figures: readonly Figure[];
  readonly goals: readonly Goal[];
  readonly notes: readonly string[];
  readonly plots: readonly Plot[];
}

export function isMet({ measured, limit, isCeiling }: Goal): boolean | null {
  if (measured === null) return null;
  return isCeiling ? measured <= limit : measured >= limit;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other);
  return {
    median: middleOf(sorted),
    least: sorted[0] ?? Number.NaN,
    greatest: sorted.at(-1) ?? Number.NaN,
    samples,
  };
}

/** Of an even number the mean of the two in the middle. */
function middleOf(sorted: readonly number[]): number {
  const last = sorted.length - 1;
  const [below = Number.NaN, above = Number.NaN] = [
    sorted[Math.floor(last / 2)],
    sorted[Math.ceil(last / 2)],
  ];
  return (below + above) / 2;
}

/** Nearest rank. `sorted`: ascending. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}

/** The median of a figure, null where there is none. */
export function medianOf(figures: readonly Figure[], system: string, what: string): number | null {
  const median = find(figures, { system, what })?.spread.median;
  return median === undefined || Number.isNaN(median) ? null : median;
}

/**
 * How many times the other figure the one is: the median over the turns, because what slowed the machine in a turn slowed both.
 * Where there are not as many turns of both, of their medians, without a range. Null where one of them is missing.
 */
export function ratioOf(figures: readonly Figure[], one: FigureName, other: FigureName): Ratio {
  const [above, below] = [find(figures, one)?.spread, find(figures, other)?.spread];
  if (above === undefined || below === undefined) return { measured: null };
  if (above.samples.length !== below.samples.length) return { measured: finite(above.median / below.median) };
  const ratios = above.samples.map((sample, turn) => sample / (below.samples[turn] ?? Number.NaN));
  const { median, least, greatest } = spreadOf(ratios);
  const measured = finite(median);
  return measured === null || ratios.length === 1 ? { measured } : { measured, range: [least, greatest] };
}

export type Ratio = Pick<Goal, "measured" | "range">;

const finite = (ratio: number): number | null => (Number.isFinite(ratio) ? ratio : null);

type FigureName = Pick<Figure, "system" | "what">;

function find(figures: readonly Figure[], { system, what }: FigureName): Figure | undefined {
  return figures.find((figure) => figure.system === system && figure.what === what);
}
