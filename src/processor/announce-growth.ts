// Telling whoever follows the feed that it may have grown: the hub of live streams, and subscriptions.

import { waitUntil } from "cloudflare:workers";
import { logFailure } from "../http/log-line.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import { type Followers, readFollowers } from "../views/followed.ts";
import type { ProcessorEnv } from "./env.ts";
import { wakeSubscriptions } from "./subscriptions/wake.ts";

/**
 * After the commit. No view depends on it or waits for it, and it never rejects: what followers are not told, they find by
 * themselves, later. Each marks the feed as followed before it looks where the feed is. So where no mark is seen at the
 * commit or after it, whoever follows from now on finds there what was committed. `types`: of the events; null where they
 * may be of any. `followers`: who had marked it at the commit; null where that was not looked for.
 */
export async function announceGrowth(
  env: ProcessorEnv,
  types: ReadonlySet<string> | null = null,
  followers: Followers | null = null,
): Promise<void> {
  const { hub, subscriptions } =
    followers ??
    (await readFollowers(env.VIEWS).catch((): Followers => ({ hub: true, subscriptions: true })));
  if (hub) {
    const told = env.FEED_HUB.getByName(FEED_HUB).grown();
    waitUntil(told.catch((error) => logFailure("feed hub not told", {}, error)));
  }
  if (subscriptions) waitUntil(wakeSubscriptions(env, types));
}
