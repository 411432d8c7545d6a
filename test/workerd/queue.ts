// Delivering messages to the processor, as the queue would: in any order, twice, late, several batches at once.

import { createExecutionContext, createMessageBatch, env, getQueueResult } from "cloudflare:test";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";

export interface Delivered {
  /** Indexes of the messages, in the order of the batch. */
  readonly acked: readonly number[];
  readonly retried: readonly number[];
}

/** To an isolate that knows nothing of what others wrote. */
export function deliver(
  bodies: readonly unknown[],
  views: D1Database = env.VIEWS,
  queue = "account-events",
  changed: Partial<ProcessorEnv> = {},
  attempts = 1,
): Promise<Delivered> {
  return deliverTo({ ...env, VIEWS: views, ...changed }, bodies, queue, attempts);
}

/** An isolate of the processor is known by its bindings. */
export async function deliverTo(
  processor: ProcessorEnv,
  bodies: readonly unknown[],
  queue = "account-events",
  attempts = 1,
): Promise<Delivered> {
  const batch = createMessageBatch(
    queue,
    bodies.map((body, index) => ({ id: String(index), timestamp: new Date(), attempts, body })),
  );
  const context = createExecutionContext();
  await worker.queue(batch, processor, context);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, context);
  return {
    acked: explicitAcks.map(Number).toSorted((one, other) => one - other),
    retried: retryMessages.map(({ msgId }) => Number(msgId)).toSorted((one, other) => one - other),
  };
}
