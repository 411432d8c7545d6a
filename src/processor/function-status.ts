// How the functions are: how far each is, how late, what waits for it, what is parked.

import * as z from "zod";
import { link, linkSchema } from "../http/representations.ts";
import type { ProcessorEnv } from "./env.ts";
import { listFunctions } from "./functions.ts";
import { countFailing } from "./reactions.ts";

export const FUNCTIONS_PATH = "/v1/operations/functions";

const count = z.int().nonnegative();
const time = z.int().describe("Epoch milliseconds");

export const functionSchema = z
  .object({
    name: z.string(),
    reactsTo: z.array(z.string()).describe("Types of events"),
    sends: z.array(z.string()).describe("Commands"),
    firstSeenAt: time,
    reactions: count.describe("How many there were"),
    position: z
      .object({ eventId: z.string(), at: time })
      .nullable()
      .describe("The newest event that it is done with"),
    lagMs: z.object({
      newest: z.int().nullable().describe("How late that event was"),
      oldestWaiting: z.int().nullable().describe("How long the oldest waits that it is not done with"),
    }),
    waiting: count,
    parked: count,
  })
  .meta({ id: "Function" });

export const functionListSchema = z
  .object({
    items: z.array(functionSchema),
    backlog: z.object({ messages: count, oldestAt: time.nullable() }),
    _links: z.object({ self: linkSchema, parked: linkSchema }),
  })
  .meta({ id: "FunctionList" });

export async function readFunctionStatus({
  OPERATIONS,
  ACCOUNT_REACTIONS,
}: ProcessorEnv): Promise<z.infer<typeof functionListSchema>> {
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
    _links: { self: link(FUNCTIONS_PATH), parked: link("/v1/operations/parked") },
  };
}
