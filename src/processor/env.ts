// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { AuthenticationEnv } from "../http/authentication.ts";

export interface ProcessorEnv extends AuthenticationEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks. */
  readonly OPERATIONS: D1Database;
  /** Asked how much waits in it; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
}
