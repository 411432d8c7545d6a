// How the processing side is: how far the views are, how late, what waits, what is parked, when it was last verified.

import * as z from "zod";
import { link, linkSchema } from "../http/representations.ts";
import { readFeedHead, readLags } from "../views/feed.ts";
import type { ProcessorEnv } from "./env.ts";
import { countParked } from "./parking.ts";
import { walkHref } from "./walk-representation.ts";
import { lastVerification, lastVerificationSchema } from "./walks.ts";

export const STATUS_PATH = "/v1/operations/status";

/** Lag is told of the last minutes. */
const LAG_WINDOW_MS = 5 * 60_000;

const lag = z
  .int()
  .nullable()
  .describe("Milliseconds from commit to view; null where nothing was projected lately");

export const statusSchema = z
  .object({
    feedPosition: z.int().nonnegative().describe("The newest position of the feed"),
    lagMs: z.object({ p50: lag, p99: lag, events: z.int().nonnegative().describe("How many it is told of") }),
    backlog: z
      .object({
        messages: z.int().nonnegative(),
        bytes: z.int().nonnegative(),
        oldestAt: z.int().nullable().describe("Epoch milliseconds"),
      })
      .describe("What waits in the queue, as far as the platform tells"),
    parked: z.int().nonnegative(),
    lastVerification: lastVerificationSchema.nullable(),
    _links: z.object({ self: linkSchema, "last-verification": linkSchema.optional() }),
  })
  .meta({ id: "Status" });

type Status = z.infer<typeof statusSchema>;

export async function readStatus(env: ProcessorEnv): Promise<Status> {
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
    _links: {
      self: link(STATUS_PATH),
      ...(verification === null
        ? {}
        : { "last-verification": link(walkHref("verification", verification.id)) }),
    },
  };
}

/** Null where there is nothing to tell of. `sorted`: ascending. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? null;
}
