// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { UnpublishedObjects } from "../account/unpublished-accounts.ts";

export interface ProcessorEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks. */
  readonly OPERATIONS: D1Database;
  readonly UNPUBLISHED: UnpublishedObjects;
  /** These two are asked how much waits in them; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly DEAD_ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
}
