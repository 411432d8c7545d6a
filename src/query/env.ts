// What the query Worker is bound to: the account logs and the views.

import type { Context } from "hono";
import type { AccountLogs } from "../account/account-log.ts";
import type { HttpEnv } from "../http/app.ts";

export interface QueryEnv {
  readonly ACCOUNT_LOGS: AccountLogs;
  readonly VIEWS: D1Database;
}

export type QueryContext = Context<HttpEnv<QueryEnv>>;
