// How the functions are: how far each is, how late, what waits for it, what is parked.

import * as z from "zod";
import { link, linkSchema } from "../http/representations.ts";
import { descriptionSchema } from "../reactions/contract.ts";
import type { ProcessorEnv } from "./env.ts";
import { knownFunctions, listFunctions } from "./functions.ts";
import { countFailing } from "./reactions.ts";

export const FUNCTIONS_HREF = "/v1/operations/functions";

const count = z.int().nonnegative();
const lag = z.int().nullable();

export const functionSchema = descriptionSchema
  .extend({
    firstSeenAt: z.int().describe("Epoch milliseconds: what happened before is history to it"),
    reactions: count.describe("Events that it is done with"),
    position: z
      .object({ eventId: z.string(), at: z.int() })
      .nullable()
      .describe("The newest event that it is done with; null where there is none"),
    lagMs: z.object({
      newest: lag.describe("How late that was"),
      oldestWaiting: lag.describe("How long the oldest waits that it is not done with"),
    }),
    waiting: count.describe("Accounts that wait for it"),
    parked: count.describe("Accounts for which it fails"),
  })
  .meta({ id: "Function" });

export const functionListSchema = z
  .object({
    items: z.array(functionSchema),
    backlog: z.object({ messages: count, oldestAt: z.int().nullable() }),
    _links: z.object({ self: linkSchema, parked: linkSchema }),
  })
  .meta({ id: "FunctionList" });

/** `lagMs`: how late the newest event was that a function is done with, and how long the oldest waits that it is not. */
export async function readFunctionStatus(env: ProcessorEnv): Promise<z.infer<typeof functionListSchema>> {
  const { OPERATIONS, ACCOUNT_REACTIONS } = env;
  // Those that are bound are seen before the first event happens, too.
  await knownFunctions(env);
  const [functions, failing, backlog] = await Promise.all([
    listFunctions(OPERATIONS),
    countFailing(OPERATIONS),
    ACCOUNT_REACTIONS.metrics(),
  ]);
  const now = Date.now();
  return {
    items: functions.map(({ newestEvent, ...described }) => {
      const { waiting = 0, parked = 0, oldestAt = null } = failing.get(described.name) ?? {};
      return {
        ...described,
        position: newestEvent === null ? null : { eventId: newestEvent.id, at: newestEvent.at },
        lagMs: {
          newest: newestEvent?.lagMs ?? null,
          oldestWaiting: oldestAt === null ? null : now - oldestAt,
        },
        waiting,
        parked,
      };
    }),
    backlog: {
      messages: backlog.backlogCount,
      oldestAt: backlog.oldestMessageTimestamp?.getTime() ?? null,
    },
    _links: { self: link(FUNCTIONS_HREF), parked: link("/v1/operations/parked") },
  };
}
