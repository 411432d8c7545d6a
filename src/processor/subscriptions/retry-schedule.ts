// When a delivery that failed is tried again: soon, then ever later, over three days.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After the first failure, the second, and so on. The delays that Standard Webhooks suggests, and one more. */
const DELAYS_MS = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** So much longer at most, so that what failed together does not come again together. */
const JITTER = 0.2;

/** Null where that was the last attempt: what is not taken by then is parked. `random`: from 0 to below 1. */
export function retryDelayMs(failures: number, random = Math.random()): number | null {
  const delayMs = DELAYS_MS[failures - 1];
  return delayMs === undefined ? null : Math.round(delayMs * (1 + JITTER * random));
}
