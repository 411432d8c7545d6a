// Command requests for the port of an account's log, as the command Worker makes them.

import type { CommandRequest } from "../../src/account/account-log.ts";
import type { AccountCommand } from "../../src/account/commands.ts";

export const CREATE: AccountCommand = { type: "create", userId: 1, defaultAccount: false };
export const MAKE_DEFAULT: AccountCommand = { type: "make-default" };
export const CLEAR_DEFAULT: AccountCommand = { type: "clear-default" };

export function request(command: AccountCommand, key: string | null = null): CommandRequest {
  return {
    command,
    expected: "any",
    keyed: key !== null,
    owner: null,
    metadata: {
      commandId: key ?? crypto.randomUUID(),
      correlationId: "0".repeat(32),
      causationId: null,
      actor: "anonymous",
    },
  };
}

/** So many commands that are each accepted, on an account that is not its owner's default. */
export function toggles(count: number, key?: (index: number) => string): CommandRequest[] {
  return Array.from({ length: count }, (_, index) =>
    request(index % 2 === 0 ? MAKE_DEFAULT : CLEAR_DEFAULT, key?.(index) ?? null),
  );
}
