// The clock: an object that ticks once a minute as long as anything may have got lost, or waits to be tried again. Then it
// stops, so that a system that rests bills nothing; whatever comes next starts it anew.

import { DurableObject } from "cloudflare:workers";
import { logFailure } from "../http/log-line.ts";
import type { ProcessorEnv } from "./env.ts";
import { countInbox, sendDue } from "./inbox.ts";
import { unparkPassed } from "./parking.ts";
import { resendReactions } from "./resend-reactions.ts";
import { wakeSubscriptionsBehind } from "./subscriptions/wake.ts";

const TICK_MS = 60_000;
/** Where it was started since, it ticks again: what happens right then may not be there yet to see. */
const PATIENCE_MS = 60_000;
/** An isolate that started it need not do so again for so long: half its patience, because clocks differ. */
const SURELY_TICKING_MS = PATIENCE_MS / 2;
/** There is one clock. */
export const CLOCK = "clock";
/** In its storage: when it was last started, epoch milliseconds. */
const STARTED_AT = "startedAt";

export class Clock extends DurableObject<ProcessorEnv> {
  /** Ticks until it has looked at what there is now, and found nothing left to do. */
  async start(): Promise<void> {
    await this.ctx.storage.put(STARTED_AT, Date.now());
    await this.#arm();
  }

  override alarm(): Promise<void> {
    return this.tick();
  }

  /** Never throws: the platform gives up an alarm that goes on throwing. */
  async tick(): Promise<void> {
    const tickAt = Date.now();
    const isSettled = await seeToLost(this.env).catch((error) => {
      logFailure("clock", {}, error);
      return false;
    });
    // Read afterwards: it may have been started meanwhile.
    const startedAt = (await this.ctx.storage.get<number>(STARTED_AT)) ?? 0;
    if (!isSettled || tickAt - startedAt < PATIENCE_MS) await this.#arm();
  }

  async #arm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + TICK_MS);
  }
}

/**
 * What got lost on its way to a subscription or a function, or from the inbox; and who is shown as parked and is not. Answers
 * whether nothing is left.
 */
export async function seeToLost(env: ProcessorEnv): Promise<boolean> {
  const [woken, { areSettled }, stored] = await Promise.all([
    wakeSubscriptionsBehind(env),
    resendReactions(env),
    sendDue(env).then(() => countInbox(env.OPERATIONS)),
    unparkPassed(env),
  ]);
  return woken === 0 && areSettled && stored?.stored === 0;
}

/** By the bindings, which are one object as long as an isolate lives. Epoch milliseconds. */
const startedAt = new WeakMap<ProcessorEnv, number>();

/** Never rejects: nothing that a caller waits for depends on it, and who comes next tries again. */
export async function startClock(env: ProcessorEnv): Promise<void> {
  const now = Date.now();
  if (Math.abs(now - (startedAt.get(env) ?? 0)) < SURELY_TICKING_MS) return;
  try {
    await env.CLOCK.getByName(CLOCK).start();
    startedAt.set(env, now);
  } catch (error) {
    logFailure("clock not started", {}, error);
  }
}
