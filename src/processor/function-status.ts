// How the functions are: how far each is, how late, what waits for it, what is parked.

import { link } from "../http/representations.ts";
import type { ProcessorEnv } from "./env.ts";
import { listFunctions } from "./functions.ts";
import { countFailing } from "./reactions.ts";

/** `lagMs`: how late the newest event was that a function is done with, and how long the oldest waits that it is not. */
export async function readFunctionStatus({ OPERATIONS, ACCOUNT_REACTIONS }: ProcessorEnv) {
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
    _links: { self: link("/v1/operations/functions"), parked: link("/v1/operations/parked") },
  };
}
