// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { UnpublishedObjects } from "../account/unpublished-accounts.ts";
import type { FeedHubs } from "../views/feed-hub.ts";

export interface ProcessorEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks, inbox, users. */
  readonly OPERATIONS: D1Database;
  readonly UNPUBLISHED: UnpublishedObjects;
  /** These two are asked how much waits in them; nothing is sent. */
  readonly ACCOUNT_EVENTS: Queue<unknown>;
  readonly DEAD_ACCOUNT_EVENTS: Queue<unknown>;
  readonly ACCOUNT_REPAIRS: Queue<unknown>;
  readonly INBOX: Queue<unknown>;
  /** Of Standard Webhooks: `whsec_…`, several with spaces or commas between while one takes over from another. */
  readonly INBOX_SECRETS?: string;
  /** Comma lists of CloudEvents types, where they are not the usual ones. */
  readonly USER_CREATED_TYPES?: string;
  readonly USER_DELETED_TYPES?: string;
  /** Told when the feed has grown. */
  readonly FEED_HUB: FeedHubs;
}
