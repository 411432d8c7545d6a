// Delivering all that is due for one subscription, round after round. Everything that is known of it is in the database.

import type { ProcessorEnv } from "../env.ts";
import { deliverFeed, deliverWaiting } from "./rounds.ts";
import { readSigningSubscription } from "./subscriptions.ts";
import { nextRetryAt } from "./waiting.ts";

/** No round is begun after so long, since the alarm that this runs in has its limit. */
const RUN_LIMIT_MS = 60_000;
/**
 * Nor after so many: a round asks the databases 90 times at most, where each of its events begins to wait, and D1 takes a
 * thousand queries from one invocation (D1 documentation, "Limits").
 */
export const ROUNDS_PER_RUN = 10;

/** Answers when to come again, in epoch milliseconds; null where nothing waits. Never two at once for a subscription. */
export async function deliverDue(env: ProcessorEnv, id: string): Promise<number | null> {
  const endsAt = Date.now() + RUN_LIMIT_MS;
  for (let rounds = 0; ; rounds++) {
    // Read again each round: meanwhile it may be deleted, its secret replaced, or its receiver found to be down.
    const subscription = await readSigningSubscription(env.OPERATIONS, id);
    if (subscription === null || subscription.state !== "active") return null;
    const now = Date.now();
    if ((subscription.restsUntil ?? 0) > now) return subscription.restsUntil;
    if (now > endsAt || rounds === ROUNDS_PER_RUN) return now;
    if (await deliverWaiting(env, subscription)) {
      // A replay of thousands does not keep what is new waiting.
      const rested = await readSigningSubscription(env.OPERATIONS, id);
      if (rested?.state === "active" && rested.restsUntil === null) await deliverFeed(env, rested);
      continue;
    }
    if (await deliverFeed(env, subscription)) continue;
    const next = await nextRetryAt(env.OPERATIONS, id);
    if (next === null || next > Date.now()) return next;
  }
}
