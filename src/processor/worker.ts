// The processor Worker's entry: its queues, its routes, its clock, and the classes of the feed's hub and of subscriptions.

import { consumeDeadEvents, consumeEvents } from "./consume.ts";
import { consumeInbox } from "./consume-inbox.ts";
import { consumeDeadReactions, consumeReactions } from "./consume-reactions.ts";
import { consumeRepairs } from "./consume-repairs.ts";
import type { ProcessorEnv } from "./env.ts";
import { sendDue } from "./inbox.ts";
import { operationsRoutes } from "./operations.ts";
import { resendReactions } from "./resend-reactions.ts";
import { addSubscriptionRoutes } from "./subscriptions/routes.ts";
import { wakeSubscriptions, wakeSubscriptionsBehind } from "./subscriptions/wake.ts";

export { FeedHub } from "./feed-hub.ts";
export { SubscriptionObject } from "./subscriptions/subscription-object.ts";

/** Answers the types of the events that the feed may have got; null where they may be of any. */
type Consumer = (batch: MessageBatch, env: ProcessorEnv) => Promise<ReadonlySet<string> | null>;

/** One by which the feed gets nothing. */
function aside(consume: (batch: MessageBatch, env: ProcessorEnv) => Promise<void>): Consumer {
  return async (batch, env) => {
    await consume(batch, env);
    return new Set();
  };
}

/** By the names in wrangler.toml. */
const CONSUMERS: Readonly<Record<string, Consumer>> = {
  "account-events": consumeEvents,
  "account-events-dead": consumeDeadEvents,
  "account-reactions": aside(consumeReactions),
  "account-reactions-dead": aside(consumeDeadReactions),
  "account-repairs": consumeRepairs,
  inbox: aside(consumeInbox),
};

export default {
  fetch: addSubscriptionRoutes(operationsRoutes()).fetch,
  async queue(batch: MessageBatch, env: ProcessorEnv, context: ExecutionContext): Promise<void> {
    const consumer = CONSUMERS[batch.queue];
    if (consumer === undefined) throw new Error(`No consumer for the queue ${batch.queue}`);
    const types = await consumer(batch, env);
    // Behind the batch's back: nothing about a subscription delays a view.
    context.waitUntil(wakeSubscriptions(env, types));
  },
  /** Every minute: what got lost on its way to a subscription or a function, or from the inbox. */
  async scheduled(_: ScheduledController, env: ProcessorEnv): Promise<void> {
    await Promise.all([wakeSubscriptionsBehind(env), resendReactions(env), sendDue(env)]);
  },
};
