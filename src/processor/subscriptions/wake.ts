// Waking subscriptions: those that want what the feed got, and by the clock those that something was lost of.

import { readFeedHead } from "../../views/feed.ts";
import type { ProcessorEnv } from "../env.ts";
import { subscriptionsBehind, subscriptionsWanting } from "./subscriptions.ts";

/** The feed has events of these types more; null: of any. Never rejects: whoever is not woken now is found behind later. */
export async function wakeSubscriptions(env: ProcessorEnv, types: ReadonlySet<string> | null): Promise<void> {
  try {
    await wakeAll(env, await subscriptionsWanting(env.OPERATIONS, types && [...types], Date.now()));
  } catch (error) {
    console.warn("Subscriptions were not woken:", error);
  }
}

/** Those that are behind the feed, or whose time to retry is over. Answers how many. */
export async function wakeSubscriptionsBehind(env: ProcessorEnv): Promise<number> {
  const behind = await subscriptionsBehind(env.OPERATIONS, await readFeedHead(env.VIEWS), Date.now());
  await wakeAll(env, behind);
  return behind.length;
}

async function wakeAll({ SUBSCRIPTIONS }: ProcessorEnv, ids: readonly string[]): Promise<void> {
  const woken = await Promise.allSettled(ids.map((id) => SUBSCRIPTIONS.getByName(id).wake()));
  const failed = woken.filter(({ status }) => status === "rejected").length;
  if (failed > 0) console.warn(`${failed} of ${ids.length} subscriptions were not woken`);
}
