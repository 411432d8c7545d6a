// Telling the hub that the feed may have grown, where anybody follows.

import { waitUntil } from "cloudflare:workers";
import { logFailure } from "../http/log-line.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import { isFollowed } from "../views/followed.ts";
import type { ProcessorEnv } from "./env.ts";

/**
 * After the commit. No view depends on it, and it never rejects: what the hub is not told, it finds by itself, later. The
 * hub marks the feed as followed before it looks where the feed is. So where no mark is seen at the commit or after it,
 * whoever follows from now on finds there what was committed. `wasFollowed` at the commit; null where that was not looked for.
 */
export async function announceGrowth(
  { VIEWS, FEED_HUB: hubs }: ProcessorEnv,
  wasFollowed: boolean | null = null,
): Promise<void> {
  const hasFollowers = wasFollowed ?? (await isFollowed(VIEWS).catch(() => true));
  if (!hasFollowers) return;
  const told = hubs.getByName(FEED_HUB).grown();
  waitUntil(told.catch((error) => logFailure("feed hub not told", {}, error)));
}
