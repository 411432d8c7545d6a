// The queue `account-repairs`: ranges of walks, and single accounts whose views a reader found behind.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { logLine } from "../http/log-line.ts";
import type { ProcessorEnv } from "./env.ts";
import { keepMessage } from "./parking.ts";
import { repairAndAnnounce } from "./repair-and-announce.ts";
import { retryLater } from "./retry-later.ts";
import { walkRange } from "./walk-range.ts";

const repairSchema = z.union([
  z.object({ walk: z.string(), range: z.int().nonnegative() }),
  z.object({ accountNumber: accountNumberSchema }),
]);

/** Each message is one piece of work; what fails comes again, later each time. */
export async function consumeRepairs(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  for (const message of batch.messages) {
    const startedAt = Date.now();
    const work = repairSchema.safeParse(message.body).data;
    let failure: string | null = null;
    try {
      if (work === undefined) await keepMessage(env.OPERATIONS, message, null, "Not a repair");
      else if ("walk" in work) await walkRange(env, work);
      else await repairAndAnnounce(env, work.accountNumber);
      message.ack();
    } catch (error) {
      failure = String(error);
      retryLater(message);
    }
    logLine("repairs message", { ...work, failure, durationMs: Date.now() - startedAt });
  }
}
