// The weather of a run: how often each part fails. Each seed has its own, so that some runs are calm in most ways and
// harsh in one: what fails all the time hides what only goes wrong when something else works.

import type { Random } from "./random.ts";

/** Probabilities, for each operation. */
export interface Weather {
  readonly viewsFail: number;
  readonly operationsFail: number;
  readonly callFails: number;
  readonly sendFails: number;
  readonly sendHangs: number;
  readonly messageDoubled: number;
  /** For each message of a delivery: it will never come again. */
  readonly messageLost: number;
  readonly clockJumps: number;
  /** After so many attempts a message goes to the dead-letter queue. */
  readonly maxAttempts: number;
}

export const CALM: Weather = {
  viewsFail: 0,
  operationsFail: 0,
  callFails: 0,
  sendFails: 0,
  sendHangs: 0,
  messageDoubled: 0,
  messageLost: 0,
  clockJumps: 0,
  maxAttempts: Number.POSITIVE_INFINITY,
};

export function weatherFrom(random: Random): Weather {
  return {
    viewsFail: random.pick([0, 0, 0.05, 0.25]),
    operationsFail: random.pick([0, 0, 0.1]),
    callFails: random.pick([0, 0.05, 0.25]),
    sendFails: random.pick([0, 0.1, 0.5]),
    sendHangs: random.pick([0, 0.15, 0.5]),
    messageDoubled: random.pick([0, 0.2, 0.5]),
    messageLost: random.pick([0, 0, 0, 0.15]),
    clockJumps: random.pick([0, 0.3]),
    maxAttempts: random.pick([CALM.maxAttempts, CALM.maxAttempts, CALM.maxAttempts, 2]),
  };
}
