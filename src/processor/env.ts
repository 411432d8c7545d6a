// What the processor Worker is bound to.

import type { AccountLogs } from "../account/account-log.ts";
import type { CommandPort } from "../account/command-port.ts";
import type { UnpublishedObjects } from "../account/unpublished-accounts.ts";
import type { AuthenticationEnv } from "../http/authentication.ts";
import type { FunctionBinding } from "../reactions/contract.ts";
import type { FeedHubs } from "../views/feed-hub.ts";

/** A function's binding: its name in capitals, with underscores. */
export type FunctionBindingName = `FUNCTION_${string}`;

export interface ProcessorEnv extends AuthenticationEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** The processor's own database: directory, parked accounts, walks, inbox, users, subscriptions. */
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
  /** There is one: see `clock.ts`. */
  readonly CLOCK: { getByName(name: string): { start(): Promise<void> } };
  /** One object for each subscription, by its id. */
  readonly SUBSCRIPTIONS: { getByName(id: string): { wake(): Promise<void> } };
  readonly ACCOUNT_REACTIONS: Queue<unknown>;
  /** The command side's way in for what functions answer. */
  readonly COMMANDS: CommandPort;
  readonly [name: FunctionBindingName]: FunctionBinding;
}
