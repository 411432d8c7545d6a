// Whether the command side is well: its events reach the queue. Commands are accepted all the same while they do not.

import {
  UNPUBLISHED_LIST,
  type UnpublishedObjects,
  type UnpublishedSummary,
} from "../account/unpublished-accounts.ts";
import { answerHealth } from "../http/health.ts";

/**
 * An event that waits longer is an outage. By then the account's alarm has failed three times, after 5, 15 and 35 seconds;
 * a single failed send, which the first alarm mends, is ordinary.
 */
const OUTAGE_AFTER_MS = 60_000;

/** One small call: what an account is well by, its own commands tell. */
export async function commandHealth(traceId: string, unpublished: UnpublishedObjects): Promise<Response> {
  return answerHealth(traceId, {
    "the list of unpublished accounts": async () =>
      outageIn(await unpublished.getByName(UNPUBLISHED_LIST).summary()),
  });
}

function outageIn({ accounts, oldestAt }: UnpublishedSummary): string | null {
  if (oldestAt === null || oldestAt > Date.now() - OUTAGE_AFTER_MS) return null;
  return `the queue refuses events since ${new Date(oldestAt).toISOString()} (accounts: ${accounts})`;
}
