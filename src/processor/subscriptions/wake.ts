// Waking subscriptions: those that want what the feed got, and by the clock those that something was lost of.

import { logFailure } from "../../http/log-line.ts";
import { readFeedHead } from "../../views/feed.ts";
import { markFollowed, unmarkFollowed } from "../../views/followed.ts";
import type { ProcessorEnv } from "../env.ts";
import { hasSubscriptions, subscriptionsBehind, subscriptionsWanting } from "./subscriptions.ts";

/** The feed has events of these types more; null: of any. Never rejects: whoever is not woken now is found behind later. */
export async function wakeSubscriptions(env: ProcessorEnv, types: ReadonlySet<string> | null): Promise<void> {
  try {
    await wakeAll(env, await subscriptionsWanting(env.OPERATIONS, types && [...types], Date.now()));
  } catch (error) {
    console.warn("Subscriptions were not woken:", error);
  }
}

/** Those that are behind the feed, or whose time to retry is over. Answers how many. From now on they are told of its growth. */
export async function wakeSubscriptionsBehind(env: ProcessorEnv): Promise<number> {
  const { OPERATIONS, VIEWS } = env;
  if (!(await hasSubscriptions(OPERATIONS))) {
    await unmarkFollowed(VIEWS, "subscriptions");
    // Whoever subscribes is in the database first, and marks the feed then.
    if (!(await hasSubscriptions(OPERATIONS))) return 0;
  }
  // Again, for the views may have been made anew. Where they take no writes, whoever is behind is woken all the same.
  await markFollowed(VIEWS, "subscriptions").catch((error) =>
    logFailure("feed not marked as followed", {}, error),
  );
  const behind = await subscriptionsBehind(OPERATIONS, await readFeedHead(VIEWS), Date.now());
  await wakeAll(env, behind);
  return behind.length;
}

/** For a subscription that begins behind a position. Never rejects: the clock, which whoever subscribes starts, sees to what fails here. */
export async function beginFollowing(env: ProcessorEnv, id: string, position: number): Promise<void> {
  try {
    await markFollowed(env.VIEWS, "subscriptions");
    // Only now, so that what the feed gained before it was marked is not missed.
    if (position < (await readFeedHead(env.VIEWS))) await wakeAll(env, [id]);
  } catch (error) {
    logFailure("subscription not begun", { id }, error);
  }
}

async function wakeAll({ SUBSCRIPTIONS }: ProcessorEnv, ids: readonly string[]): Promise<void> {
  const woken = await Promise.allSettled(ids.map((id) => SUBSCRIPTIONS.getByName(id).wake()));
  const failed = woken.filter(({ status }) => status === "rejected").length;
  if (failed > 0) console.warn(`${failed} of ${ids.length} subscriptions were not woken`);
}
