// The processor Worker's entry: its queues, its routes, and the classes of its objects.

import { waitUntil } from "cloudflare:workers";
import { startClock } from "./clock.ts";
import { consumeDeadEvents, consumeEvents } from "./consume.ts";
import { consumeInbox } from "./consume-inbox.ts";
import { consumeDeadReactions, consumeReactions } from "./consume-reactions.ts";
import { consumeRepairs } from "./consume-repairs.ts";
import type { ProcessorEnv } from "./env.ts";
import { operationsRoutes } from "./operations.ts";
import { paced } from "./paced.ts";
import { addSubscriptionRoutes } from "./subscriptions/routes.ts";

export { Clock } from "./clock.ts";
export { FeedHub } from "./feed-hub.ts";
export { SubscriptionObject } from "./subscriptions/subscription-object.ts";

type Consumer = (batch: MessageBatch, env: ProcessorEnv, context: ExecutionContext) => Promise<void>;

/** By the names in wrangler.toml. */
const CONSUMERS: Readonly<Record<string, Consumer>> = {
  "account-events": (batch, env) => paced(() => consumeEvents(batch, env)),
  "account-events-dead": consumeDeadEvents,
  "account-reactions": consumeReactions,
  "account-reactions-dead": consumeDeadReactions,
  "account-repairs": consumeRepairs,
  inbox: consumeInbox,
};

const routes = addSubscriptionRoutes(operationsRoutes());

export default {
  fetch(request: Request, env: ProcessorEnv, context?: ExecutionContext): Response | Promise<Response> {
    // What it leaves to be done may get lost.
    if (request.method === "POST") waitUntil(startClock(env));
    return routes.fetch(request, env, context);
  },
  async queue(batch: MessageBatch, env: ProcessorEnv, context: ExecutionContext): Promise<void> {
    const consumer = CONSUMERS[batch.queue];
    if (consumer === undefined) throw new Error(`No consumer for the queue ${batch.queue}`);
    // First of all, so that the clock ticks even where this ends in the middle.
    context.waitUntil(startClock(env));
    await consumer(batch, env, context);
  },
};
