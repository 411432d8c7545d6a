// The list of accounts whose events the queue does not take. An account object notes itself when its alarm failed to
// publish, and clears itself when all is out: so an outage of the queue is seen, and costs nothing where there is none.

import { DurableObject } from "cloudflare:workers";
import type { UnpublishedAccounts, UnpublishedSummary } from "../account/unpublished-accounts.ts";

const TABLE =
  "CREATE TABLE IF NOT EXISTS unpublished (account_number TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID";

export class Unpublished extends DurableObject implements UnpublishedAccounts {
  readonly #sql = withTable(this.ctx.storage.sql);

  async note(accountNumber: string, since: number): Promise<void> {
    this.#sql.exec("INSERT INTO unpublished VALUES (?, ?) ON CONFLICT DO NOTHING", accountNumber, since);
  }

  async clear(accountNumber: string): Promise<void> {
    this.#sql.exec("DELETE FROM unpublished WHERE account_number = ?", accountNumber);
  }

  async summary(): Promise<UnpublishedSummary> {
    return this.#sql
      .exec<{ accounts: number; oldestAt: number | null }>(
        "SELECT count(*) AS accounts, min(since) AS oldestAt FROM unpublished",
      )
      .one();
  }
}

function withTable(sql: SqlStorage): SqlStorage {
  sql.exec(TABLE);
  return sql;
}
