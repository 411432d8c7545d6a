// The processor Worker's entry: its queues, its routes, and what it does by the clock.

import { consumeDeadEvents, consumeEvents } from "./consume.ts";
import { consumeDeadReactions, consumeReactions } from "./consume-reactions.ts";
import { consumeRepairs } from "./consume-repairs.ts";
import type { ProcessorEnv } from "./env.ts";
import { operationsRoutes } from "./operations.ts";
import { resendReactions } from "./resend-reactions.ts";

/** By the names in wrangler.toml. */
const CONSUMERS: Readonly<Record<string, (batch: MessageBatch, env: ProcessorEnv) => Promise<void>>> = {
  "account-events": consumeEvents,
  "account-events-dead": consumeDeadEvents,
  "account-reactions": consumeReactions,
  "account-reactions-dead": consumeDeadReactions,
  "account-repairs": consumeRepairs,
};

export default {
  fetch: operationsRoutes().fetch,
  queue(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
    const consumer = CONSUMERS[batch.queue];
    if (consumer === undefined) throw new Error(`No consumer for the queue ${batch.queue}`);
    return consumer(batch, env);
  },
  /** Every minute. */
  async scheduled(_: ScheduledController, env: ProcessorEnv): Promise<void> {
    await resendReactions(env);
  },
};
