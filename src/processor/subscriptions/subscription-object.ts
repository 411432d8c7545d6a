// The subscription object: one for each subscription, so that its deliveries run one at a time and its alarm wakes them.
// It stores nothing: an object that is lost in the middle begins where the database says.

import { DurableObject } from "cloudflare:workers";
import type { ProcessorEnv } from "../env.ts";
import { deliverDue } from "./deliver-due.ts";

/** A part of the system did not answer. */
const FAILED_RUN_DELAY_MS = 15_000;

export class SubscriptionObject extends DurableObject<ProcessorEnv> {
  /** There may be something to deliver. Deliveries are made in the alarm, which outlives whoever calls. */
  async wake(): Promise<void> {
    await this.#wakeAt(Date.now());
  }

  /** Never throws: the platform gives up an alarm that goes on throwing. */
  override async alarm(): Promise<void> {
    const id = this.ctx.id.name ?? "";
    try {
      const next = await deliverDue(this.env, id);
      if (next !== null) await this.#wakeAt(next);
    } catch (error) {
      console.warn(`Subscription ${id} waits for the next attempt:`, error);
      await this.#wakeAt(Date.now() + FAILED_RUN_DELAY_MS);
    }
  }

  /** While an alarm runs there is none, so who calls `wake` meanwhile gets another run after this one. */
  async #wakeAt(at: number): Promise<void> {
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > at) await this.ctx.storage.setAlarm(at);
  }
}
