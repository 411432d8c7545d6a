// A user's own accounts are all that exist for it: another's is not found, as if there were none.

import type { Account } from "../account/account.ts";
import { reachLog } from "../account/reach-log.ts";
import { ownerOf } from "../http/scopes.ts";
import type { QueryContext } from "./env.ts";
import { accountNotFound } from "./not-found.ts";

/** The account, unless it is one that the caller may not know of. */
export function knownToCaller<Seen extends Pick<Account, "userId">>(
  context: QueryContext,
  account: Seen | null,
): Seen | null {
  const owner = ownerOf(context);
  return owner === null || account?.userId === owner ? account : null;
}

/** Before a log is read: whose it is, the log itself says. Costs a call only where the caller is a user. */
export async function requireKnownLog(context: QueryContext, accountNumber: string): Promise<void> {
  if (ownerOf(context) === null) return;
  const account = await reachLog(context.env.ACCOUNT_LOGS, accountNumber, (log) => log.current());
  if (knownToCaller(context, account) === null) throw accountNotFound();
}
