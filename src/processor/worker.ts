// The processor Worker's entry: its queues, its routes, what it does by the clock, and the feed's hub.

import { consumeDeadEvents, consumeEvents } from "./consume.ts";
import { consumeInbox } from "./consume-inbox.ts";
import { consumeRepairs } from "./consume-repairs.ts";
import type { ProcessorEnv } from "./env.ts";
import { sendDue } from "./inbox.ts";
import { operationsRoutes } from "./operations.ts";

export { FeedHub } from "./feed-hub.ts";

/** By the names in wrangler.toml. */
const CONSUMERS: Readonly<Record<string, (batch: MessageBatch, env: ProcessorEnv) => Promise<void>>> = {
  "account-events": consumeEvents,
  "account-events-dead": consumeDeadEvents,
  "account-repairs": consumeRepairs,
  inbox: consumeInbox,
};

export default {
  fetch: operationsRoutes().fetch,
  queue(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
    const consumer = CONSUMERS[batch.queue];
    if (consumer === undefined) throw new Error(`No consumer for the queue ${batch.queue}`);
    return consumer(batch, env);
  },
  /** Every minute: messages of the inbox that got lost. */
  scheduled(_: ScheduledController, env: ProcessorEnv): Promise<void> {
    return sendDue(env);
  },
};
