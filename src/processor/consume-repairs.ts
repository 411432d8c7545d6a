// The queue `account-repairs`: ranges of walks, and single accounts whose views a reader found behind.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { logFailure, logLine } from "../http/log-line.ts";
import { announceGrowth } from "./announce-growth.ts";
import type { ProcessorEnv } from "./env.ts";
import { keepMessage, park } from "./parking.ts";
import { repairAndAnnounce } from "./repair-and-announce.ts";
import { retryDeadLater, retryLater } from "./retry-later.ts";
import { walkRange } from "./walk-range.ts";
import { sendMoreRanges } from "./walks.ts";

const repairSchema = z.union([
  z.strictObject({ walk: z.string(), range: z.int().nonnegative(), isFeedWhole: z.boolean().optional() }),
  z.strictObject({ walk: z.string() }),
  z.strictObject({ accountNumber: accountNumberSchema, traceId: z.string().optional() }),
]);

/** Each message is one piece of work; what fails comes again, later each time. */
export async function consumeRepairs(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  for (const message of batch.messages) {
    const startedAt = Date.now();
    const work = repairSchema.safeParse(message.body).data;
    try {
      if (work === undefined) await keepMessage(env.OPERATIONS, message, null, "Not a repair");
      else if ("range" in work) await walkRange(env, work, message.attempts);
      else if ("walk" in work) await sendMoreRanges(env, work);
      else await repairAndAnnounce(env, work.accountNumber, work.traceId);
      message.ack();
      logLine("repairs message", { ...work, durationMs: Date.now() - startedAt });
    } catch (error) {
      logFailure("repairs message", { ...work, durationMs: Date.now() - startedAt }, error);
      retryLater(message);
    }
    // However it ended: a long repair writes to the feed bit by bit.
    await announceGrowth(env);
  }
}

/**
 * Those of dead messages that were repairs: one of a walk is let go, because whoever looks at the walk starts it again; an
 * account is parked. Answers the other messages.
 */
export async function buryRepairs(messages: readonly Message[], env: ProcessorEnv): Promise<Message[]> {
  const others: Message[] = [];
  for (const message of messages) {
    const work = repairSchema.safeParse(message.body).data;
    if (work === undefined) others.push(message);
    else if ("walk" in work) {
      logLine("abandoned part of a walk", work);
      message.ack();
    } else {
      const reason = { version: 1, message: "A repair was asked for, and failed as often as it was tried" };
      await park(env.OPERATIONS, work.accountNumber, reason, work.traceId).then(
        () => message.ack(),
        () => retryDeadLater(message),
      );
    }
  }
  return others;
}
