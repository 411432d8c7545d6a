// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { CommandPort } from "../account/command-port.ts";
import type { FunctionBinding } from "../reactions/contract.ts";

/** A function's binding: its name in capitals, with underscores. */
export type FunctionBindingName = `FUNCTION_${string}`;

export interface ProcessorEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks, functions. */
  readonly OPERATIONS: D1Database;
  /** Asked how much waits in it; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
  readonly ACCOUNT_REACTIONS: Queue<unknown>;
  /** The command side's way in for what functions answer. */
  readonly COMMANDS: CommandPort;
  readonly [name: FunctionBindingName]: FunctionBinding;
}
