// Dispatching: commands to the owners of their accounts' logs. One call per account, different accounts in parallel.

import type { AccountLogs, CommandOutcome, CommandRequest } from "../account/account-log.ts";
import { LogUnavailable, reachLog } from "../account/reach-log.ts";

export interface AddressedCommand {
  readonly accountNumber: string;
  readonly request: CommandRequest;
}

/**
 * What each command came to; those of one account run in the order given. Where an account's owner can't be reached,
 * its commands come to `LogUnavailable`, and nothing else is stopped.
 */
export async function dispatch(
  logs: AccountLogs,
  commands: readonly AddressedCommand[],
): Promise<ReadonlyMap<AddressedCommand, CommandOutcome | LogUnavailable>> {
  const byAccount = Map.groupBy(commands, ({ accountNumber }) => accountNumber);
  const outcomes = new Map<AddressedCommand, CommandOutcome | LogUnavailable>();
  await Promise.all(
    [...byAccount].map(async ([accountNumber, own]) => {
      const answers = await executeAll(logs, accountNumber, own);
      for (const [index, answer] of answers.entries()) {
        const command = own[index];
        if (command !== undefined) outcomes.set(command, answer);
      }
    }),
  );
  return outcomes;
}

async function executeAll(
  logs: AccountLogs,
  accountNumber: string,
  commands: readonly AddressedCommand[],
): Promise<readonly (CommandOutcome | LogUnavailable)[]> {
  const requests = commands.map(({ request }) => request);
  try {
    return await reachLog(logs, accountNumber, (log, retrying) => log.execute(requests, retrying));
  } catch (error) {
    if (error instanceof LogUnavailable) return requests.map(() => error);
    throw error;
  }
}
