// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { FeedHubs } from "../views/feed-hub.ts";

export interface ProcessorEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks. */
  readonly OPERATIONS: D1Database;
  /** Asked how much waits in it; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
  /** Told when the feed has grown. */
  readonly FEED_HUB: FeedHubs;
}
