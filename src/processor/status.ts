// How the processing side is: how far the views are, how late, what waits, what is parked, who follows.

import * as z from "zod";
import { UNPUBLISHED_LIST } from "../account/unpublished-accounts.ts";
import { link, linkSchema } from "../http/representations.ts";
import { type Lag, readFeedHead, readLags } from "../views/feed.ts";
import { FEED_HUB } from "../views/feed-hub.ts";
import type { ProcessorEnv } from "./env.ts";
import { countInbox } from "./inbox.ts";
import { countParked } from "./parking.ts";
import { walkHref } from "./walk-representation.ts";
import { lastVerification, lastVerificationSchema } from "./walks.ts";

export const STATUS_PATH = "/v1/operations/status";

/** Lag is told of the last minutes. */
const LAG_WINDOW_MS = 5 * 60_000;

const count = z.int().nonnegative();
const time = z.int().nullable().describe("Epoch milliseconds; null where there is nothing");
const lag = z
  .int()
  .nullable()
  .describe("Milliseconds from commit to view; null where nothing was projected lately");
const backlog = z.object({ messages: count, bytes: count, oldestAt: time });

export const lagSchema = z.object({
  p50: lag,
  p99: lag,
  events: count.describe("How many it is told of"),
});

export const statusSchema = z
  .object({
    feedPosition: count.describe("The newest position of the feed"),
    lagMs: lagSchema,
    unpublished: z
      .object({ accounts: count, oldestAt: time })
      .describe("Accounts whose events the queue has not taken yet"),
    backlog: z
      .object({ "account-events": backlog, "account-events-dead": backlog, "account-repairs": backlog })
      .describe("Messages that wait in each queue, as far as the platform tells"),
    parked: count,
    inbox: z
      .object({ stored: count, parked: count })
      .nullable()
      .describe("Events that wait, and that are parked"),
    liveStreams: count.describe("Who follows the feed live"),
    lastVerification: lastVerificationSchema.nullable(),
    _links: z.object({ self: linkSchema, "last-verification": linkSchema.optional() }),
  })
  .meta({ id: "Status" });

type Status = z.infer<typeof statusSchema>;

export async function readStatus(env: ProcessorEnv): Promise<Status> {
  const [position, lags, unpublished, events, dead, repairs, parked, inbox, liveStreams, verification] =
    await Promise.all([
      readFeedHead(env.VIEWS),
      readLagsOfLate(env.VIEWS),
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
    lagMs: summaryOf(lags),
    unpublished,
    backlog: { "account-events": events, "account-events-dead": dead, "account-repairs": repairs },
    parked,
    inbox,
    liveStreams,
    lastVerification: verification,
    _links: {
      self: link(STATUS_PATH),
      ...(verification === null
        ? {}
        : { "last-verification": link(walkHref("verification", verification.id)) }),
    },
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

/** Of the last minutes, the shortest first. */
export const readLagsOfLate = (views: D1Database): Promise<readonly Lag[]> =>
  readLags(views, Date.now() - LAG_WINDOW_MS);

export function summaryOf(sorted: readonly Lag[]): z.infer<typeof lagSchema> {
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), events: sorted.length };
}

/** Null where there is nothing to tell of. */
function quantile(sorted: readonly Lag[], share: number): number | null {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]?.lagMs ?? null;
}
