// What the query Worker is bound to: the account logs, the views, the feed's hub, and a way to have a view repaired.

import type { Context } from "hono";
import type { AccountLogs } from "../account/account-log.ts";
import type { HttpEnv } from "../http/app.ts";
import type { AuthenticationEnv } from "../http/authentication.ts";
import type { FeedHubs } from "../views/feed-hub.ts";

export interface QueryEnv extends AuthenticationEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
  /** Where a view goes that was found behind. */
  readonly ACCOUNT_REPAIRS: {
    send(message: { readonly accountNumber: string; readonly traceId: string }): Promise<unknown>;
  };
  /** Sends a stream what the feed gains. */
  readonly FEED_HUB: FeedHubs;
}

export type QueryContext = Context<HttpEnv<QueryEnv>>;
