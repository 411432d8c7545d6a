// Peer: Emmett on SQLite in a file, with the inline projection that its documentation shows (one SQL statement an event).

import { projections } from "@event-driven-io/emmett";
import {
  getSQLiteEventStore,
  SQLiteConnectionPool,
  sqliteConnection,
  sqliteRawSQLProjection,
} from "@event-driven-io/emmett-sqlite";
import type { Account } from "../../src/account/account.ts";
import { type EmmettEvent, EVENT_TYPES, execute, fill } from "./emmett-events.ts";
import { servePeer } from "./peer.ts";

const fileName = process.env.PEER_DATABASE ?? "";
// Without it the store would open the file anew for each command.
const connection = sqliteConnection({ fileName });
const pool = SQLiteConnectionPool({ fileName, connectionOptions: { singleton: true, connection } });

const accounts = sqliteRawSQLProjection<EmmettEvent>({
  canHandle: EVENT_TYPES,
  initSQL: "CREATE TABLE IF NOT EXISTS accounts (account_number TEXT PRIMARY KEY, account TEXT NOT NULL)",
  evolve: ({ type, data }) => projectionSql(type, data),
});

const store = getSQLiteEventStore({ fileName, pool, projections: projections.inline([accounts]) });
await store.schema.migrate();
// Of its own, so that no read sees what is not committed.
const reading = sqliteConnection({ fileName });

servePeer({
  execute: (accountNumber, command) => inTurn(() => execute(store, accountNumber, command)),
  async read(accountNumber) {
    const row = await reading.querySingle<{ account: string }>(
      "SELECT account FROM accounts WHERE account_number = ?",
      [accountNumber],
    );
    return row === null ? null : JSON.parse(row.account);
  },
  fill: (accountNumber, events) => inTurn(() => fill(store, accountNumber, events)),
});

/** A projection of this kind is SQL text; the number was checked to be letters, digits and hyphens. */
function projectionSql(type: EmmettEvent["type"], data: EmmettEvent["data"]): string {
  const { accountNumber, version, createdAt } = data;
  if (type === "ACCOUNT_CREATED") {
    const account: Account = {
      createdAt,
      lastModified: createdAt,
      userId: Number(data.userId),
      accountNumber,
      defaultAccount: data.defaultAccount === true,
      status: "ACCOUNT_PENDING",
      version,
    };
    return `INSERT INTO accounts VALUES ('${accountNumber}', '${JSON.stringify(account)}')`;
  }
  const change: Partial<Account> = { version, lastModified: createdAt, ...changeOf(type) };
  return `UPDATE accounts SET account = json_patch(account, '${JSON.stringify(change)}')
    WHERE account_number = '${accountNumber}'`;
}

function changeOf(type: EmmettEvent["type"]): Partial<Account> {
  if (type === "ACCOUNT_MADE_DEFAULT") return { defaultAccount: true };
  if (type === "ACCOUNT_DEFAULT_CLEARED") return { defaultAccount: false };
  throw new Error(`The bench sends no ${type}`);
}

let turn: Promise<unknown> = Promise.resolve();

/** One connection holds one transaction at a time; on several connections SQLite answers most of them that it is busy. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}
