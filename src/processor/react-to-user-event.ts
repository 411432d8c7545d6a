// What this service does when a user has left: every account of that user is closed.

import type { CommandOutcome, CommandRequest } from "../account/account-log.ts";
import { reachLog } from "../account/reach-log.ts";
import { type ListPosition, listAccounts } from "../views/accounts-view.ts";
import type { ProcessorEnv } from "./env.ts";

/** An event of the service that users belong to. */
interface UserEvent {
  /** Unlike any account event's id; names what caused the commands, and makes their keys. */
  readonly id: string;
  readonly type: "user.deleted";
  readonly userId: number;
  readonly correlationId: string;
}

/** So many accounts are closed side by side. */
const ACCOUNTS_PER_PAGE = 50;

/**
 * Closes the user's accounts that the view has. Called after the users view says `departed`, so that an account that
 * the view does not have yet belongs, once it has it, to a user who is known to have left: whoever reacts to the
 * account's creation reads the users view after the account is in its view, and closes it. One of both sees the other.
 * May be called again for the same event. Rejects where a part does not answer: then the event is handled again.
 */
export async function reactToUserEvent(
  env: Pick<ProcessorEnv, "VIEWS" | "ACCOUNT_LOGS">,
  event: UserEvent,
): Promise<void> {
  let after: ListPosition | null = null;
  for (;;) {
    const accounts = await listAccounts(env.VIEWS, { userId: event.userId }, after, ACCOUNTS_PER_PAGE);
    await Promise.all(
      accounts
        .filter(({ status }) => status !== "ACCOUNT_CLOSED")
        .map(({ accountNumber }) => close(env, accountNumber, event)),
    );
    after = accounts.at(-1) ?? null;
    if (accounts.length < ACCOUNTS_PER_PAGE || after === null) return;
  }
}

/** That the account is closed already is no failure. */
function close(
  { ACCOUNT_LOGS }: Pick<ProcessorEnv, "ACCOUNT_LOGS">,
  accountNumber: string,
  { id, correlationId }: UserEvent,
): Promise<readonly CommandOutcome[]> {
  const request: CommandRequest = {
    command: { type: "close" },
    expected: "any",
    keyed: true,
    metadata: {
      commandId: `${id}/user-departure`,
      correlationId,
      causationId: id,
      actor: "function:user-departure",
    },
  };
  return reachLog(ACCOUNT_LOGS, accountNumber, (log, retrying) => log.execute([request], retrying));
}
