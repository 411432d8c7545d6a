// What a measure comes to: figures of several rounds, and goals that they are held against.

/** One figure over all rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
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
    median: percentile(sorted, 0.5),
    least: sorted[0] ?? Number.NaN,
    greatest: sorted.at(-1) ?? Number.NaN,
  };
}

/** Nearest rank. `sorted`: ascending. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? Number.NaN;
}

/** The median of a figure, null where there is none. */
export function medianOf(figures: readonly Figure[], system: string, what: string): number | null {
  const figure = figures.find((one) => one.system === system && one.what === what);
  return figure === undefined || Number.isNaN(figure.spread.median) ? null : figure.spread.median;
}

export function ratio(one: number | null, other: number | null): number | null {
  return one === null || other === null || other === 0 ? null : one / other;
}
