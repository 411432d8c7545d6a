// Addressing: from what was asked, and by whom, to a request to the owner of one account's log.

import { generateAccountNumber } from "./account-number.ts";
import type { AddressedCommand } from "./dispatch.ts";
import type { AskedCommand } from "./requests.ts";

/** Who asks, and why: what every event of the command remembers. */
export interface Origin {
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: string;
}

/** `owner`: the only user whose accounts exist for who asks; null where all do. */
export async function address(
  asked: AskedCommand,
  origin: Origin,
  owner: number | null,
): Promise<AddressedCommand> {
  const { accountNumber, command, expected, idempotencyKey } = asked;
  return {
    accountNumber: accountNumber ?? (await generateAccountNumber(idempotencyKey, origin.actor)),
    request: {
      command,
      expected,
      keyed: idempotencyKey !== null,
      owner,
      metadata: { commandId: idempotencyKey ?? crypto.randomUUID(), ...origin },
    },
  };
}
