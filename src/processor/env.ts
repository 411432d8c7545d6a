// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";

export interface ProcessorEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks, subscriptions. */
  readonly OPERATIONS: D1Database;
  /** Asked how much waits in it; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
  /** One object for each subscription, by its id. */
  readonly SUBSCRIPTIONS: { getByName(id: string): { wake(): Promise<void> } };
  /** "true" in local development alone: receivers may be on this machine. */
  readonly OPEN_ON_LOOPBACK?: string;
}
