// How a receiver did in one round, and what follows for the subscription as a whole: to go on, to rest, or to end.

import type { Failure } from "./delivery.ts";
import { retryDelayMs } from "./retry-schedule.ts";
import type { Health, Subscription } from "./subscriptions.ts";

/** One account may have an event that the receiver does not take; so many in a row are the receiver's trouble. */
export const FAILING_ACCOUNTS = 3;

export class Course {
  readonly #before: Subscription;
  /** Accounts that failed since an event was last taken. */
  readonly #failing: Set<string>;
  readonly #limit: number;
  #delivered: { readonly event: string; readonly at: number } | null = null;
  #failed: { readonly event: string; readonly at: number; readonly reason: string } | null = null;
  #gone = false;
  /** What the receiver asked for, the longest. */
  #pauseMs = 0;
  deliveries = 0;
  failures = 0;

  /** `failing`: of earlier rounds. After a rest, one failure is enough to rest again. */
  constructor(before: Subscription, failing: Iterable<string>) {
    this.#before = before;
    this.#failing = new Set(failing);
    this.#limit = before.rests > 0 ? 1 : FAILING_ACCOUNTS;
  }

  delivered(event: string): void {
    this.#delivered = { event, at: Date.now() };
    this.#failing.clear();
    this.deliveries += 1;
  }

  failed(accountNumber: string, event: string, { reason, retryAfterMs }: Failure): void {
    this.#failed = { event, at: Date.now(), reason };
    this.#failing.add(accountNumber);
    this.#pauseMs = Math.max(this.#pauseMs, retryAfterMs);
    this.failures += 1;
  }

  gone(): void {
    this.#gone = true;
  }

  /** Nothing more is to be sent in this round. */
  get isOver(): boolean {
    return this.#gone || this.#isDown || this.#pauseMs > 0;
  }

  /** It was resting, and took an event: the trouble is over. */
  get isBack(): boolean {
    return this.#before.rests > 0 && this.#delivered !== null;
  }

  health(): Health {
    const { state, deliveredEvent, deliveredAt, failedEvent, failedAt, failure } = this.#before;
    const rests = (this.#delivered === null ? this.#before.rests : 0) + (this.#isDown ? 1 : 0);
    const delayMs = this.#isDown ? retryDelayMs(rests) : 0;
    // A pause that the receiver asked for is no sign that it is down: it is not counted.
    const restMs = Math.max(delayMs ?? 0, this.#pauseMs);
    return {
      state: this.#gone ? "gone" : delayMs === null ? "parked" : state,
      deliveredEvent: this.#delivered?.event ?? deliveredEvent,
      deliveredAt: this.#delivered?.at ?? deliveredAt,
      failedEvent: this.#failed?.event ?? failedEvent,
      failedAt: this.#failed?.at ?? failedAt,
      failure: this.#failed?.reason ?? failure,
      rests,
      restsUntil: delayMs !== null && restMs > 0 ? Date.now() + restMs : null,
    };
  }

  get #isDown(): boolean {
    return this.#failed !== null && this.#failing.size >= this.#limit;
  }
}
