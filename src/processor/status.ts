// How the processing side is: how far the views are, how late, what waits, what is parked, who follows.

import { UNPUBLISHED_LIST } from "../account/unpublished-accounts.ts";
import { readFeedHead, readLags } from "../views/feed.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import type { ProcessorEnv } from "./env.ts";
import { countInbox } from "./inbox.ts";
import { countParked } from "./parking.ts";
import { lastVerification } from "./walks.ts";

/** Lag is told of the last minutes. */
const LAG_WINDOW_MS = 5 * 60_000;

export async function readStatus(env: ProcessorEnv): Promise<object> {
  const [position, lags, unpublished, events, dead, repairs, parked, inbox, liveStreams, verification] =
    await Promise.all([
      readFeedHead(env.VIEWS),
      readLags(env.VIEWS, Date.now() - LAG_WINDOW_MS),
      env.UNPUBLISHED.getByName(UNPUBLISHED_LIST).summary(),
      backlogOf(env.ACCOUNT_EVENTS),
      backlogOf(env.DEAD_ACCOUNT_EVENTS),
      backlogOf(env.ACCOUNT_REPAIRS),
      countParked(env.OPERATIONS),
      countInbox(env.OPERATIONS),
      env.FEED_HUB.getByName(FEED_HUB).followers(),
      lastVerification(env.OPERATIONS),
    ]);
  return {
    feedPosition: position,
    lagMs: { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), events: lags.length },
    /** Accounts whose events the queue has not taken yet. */
    unpublished,
    /** Messages that wait in each queue. */
    backlog: { "account-events": events, "account-events-dead": dead, "account-repairs": repairs },
    parked,
    inbox,
    liveStreams,
    lastVerification: verification,
  };
}

async function backlogOf(queue: Queue<unknown>) {
  const { backlogCount, backlogBytes, oldestMessageTimestamp } = await queue.metrics();
  return {
    messages: backlogCount,
    bytes: backlogBytes,
    oldestAt: oldestMessageTimestamp?.getTime() ?? null,
  };
}

/** Null where there is nothing to tell of. `sorted`: ascending. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? null;
}
