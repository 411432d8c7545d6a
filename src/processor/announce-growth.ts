// Telling the hub that the feed may have grown, where anybody follows.

import { waitUntil } from "cloudflare:workers";
import { logFailure } from "../http/log-line.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import { isFollowed } from "../views/followed.ts";
import type { ProcessorEnv } from "./env.ts";

/**
 * After the commit. No view depends on it, and it never rejects: what the hub is not told, it finds by itself, later. The
 * hub marks the feed as followed before it looks where the feed is. So where no mark is seen after the commit, whoever
 * follows from now on finds there what was committed.
 */
export async function announceGrowth({ VIEWS, FEED_HUB: hubs }: ProcessorEnv): Promise<void> {
  const isFollowedNow = await isFollowed(VIEWS).catch(() => true);
  if (!isFollowedNow) return;
  const told = hubs.getByName(FEED_HUB).grown();
  waitUntil(told.catch((error) => logFailure("feed hub not told", {}, error)));
}
