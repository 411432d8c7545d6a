// Telling the hub that the feed may have grown.

import { waitUntil } from "cloudflare:workers";
import { logFailure } from "../http/log-line.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import type { ProcessorEnv } from "./env.ts";

/** After the commit. No view waits for it and none depends on it: what the hub is not told, it finds by itself, later. */
export function announceGrowth({ FEED_HUB: hubs }: ProcessorEnv): void {
  const told = hubs.getByName(FEED_HUB).grown();
  waitUntil(told.catch((error) => logFailure("feed hub not told", {}, error)));
}
