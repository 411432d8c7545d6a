// How late views are at a given load: no formula gives the tail of a queue whose batches grow with its length, so it is
// simulated. Messages come at random; whenever the views' one writer is free, it takes what waits, up to a batch, and after one
// that was not full its consumer rests for as long again. Where batches are full, the platform sets more consumers to work.

import { percentile } from "./figures.ts";
import { EVENTS_PER_FULL_BATCH, TRANSACTION_MS } from "./scale.ts";

export interface LagForecast {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What waits at the end; it grows without an end where the writer can't keep up. */
  readonly backlog: number;
}

const SIMULATED_MS = 120_000;
/** What is taken by the queue is delivered after about so long. */
export const DELIVERY_MS = 100;

export function forecastLag(eventsPerSecond: number, writeMsPerEvent: number, seed = 1): LagForecast {
  const random = randomFrom(seed);
  const arrivals: number[] = [];
  for (let at = 0; at < SIMULATED_MS; ) {
    at += (-Math.log(1 - random()) * 1000) / eventsPerSecond;
    arrivals.push(at + DELIVERY_MS);
  }
  const lags: number[] = [];
  let next = 0;
  for (let now = 0; next < arrivals.length; ) {
    const first = arrivals[next] ?? now;
    const startAt = Math.max(now, first);
    if (startAt > SIMULATED_MS) break;
    let end = next;
    while (end < arrivals.length && end - next < EVENTS_PER_FULL_BATCH && (arrivals[end] ?? 0) <= startAt)
      end++;
    const endAt = startAt + TRANSACTION_MS + (end - next) * writeMsPerEvent;
    now = end - next < EVENTS_PER_FULL_BATCH ? endAt + (endAt - startAt) : endAt;
    for (; next < end; next++) lags.push(endAt - (arrivals[next] ?? endAt) + DELIVERY_MS);
  }
  const arrived = arrivals.filter((at) => at <= SIMULATED_MS).length;
  lags.sort((one, other) => one - other);
  return {
    p50Ms: percentile(lags, 0.5),
    p99Ms: percentile(lags, 0.99),
    backlog: Math.max(arrived - next, 0),
  };
}

/** Mulberry32: the same numbers from the same seed, so that the page changes only when what is measured does. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
