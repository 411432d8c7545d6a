// How the processing side is: how far the views are, how late, what waits, what is parked, when it was last verified.

import { readFeedHead, readLags } from "../views/feed.ts";
import type { ProcessorEnv } from "./env.ts";
import { countParked } from "./parking.ts";
import { lastVerification } from "./walks.ts";

/** Lag is told of the last minutes. */
const LAG_WINDOW_MS = 5 * 60_000;

export async function readStatus(env: ProcessorEnv) {
  const [position, lags, backlog, parked, verification] = await Promise.all([
    readFeedHead(env.VIEWS),
    readLags(env.VIEWS, Date.now() - LAG_WINDOW_MS),
    env.ACCOUNT_EVENTS.metrics(),
    countParked(env.OPERATIONS),
    lastVerification(env.OPERATIONS),
  ]);
  return {
    feedPosition: position,
    lagMs: { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), events: lags.length },
    backlog: {
      messages: backlog.backlogCount,
      bytes: backlog.backlogBytes,
      oldestAt: backlog.oldestMessageTimestamp?.getTime() ?? null,
    },
    parked,
    lastVerification: verification,
  };
}

/** Null where there is nothing to tell of. `sorted`: ascending. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? null;
}
