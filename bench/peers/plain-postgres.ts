// Peer: no event sourcing. The account is a row, and a command is one UPDATE that says when it is legal.

import pg from "pg";
import type { Account } from "../../src/account/account.ts";
import { type PeerOutcome, servePeer } from "./peer.ts";

/** As many as the bench has connections. */
const POOL_CONNECTIONS = 32;

const COLUMNS = `account_number AS "accountNumber", user_id AS "userId", status, default_account AS "defaultAccount",
  created_at AS "createdAt", last_modified AS "lastModified", version`;

// The driver gives 64-bit integers as text, because not all of them are numbers; these are.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE ?? "", max: POOL_CONNECTIONS });
await pool.query(`CREATE TABLE accounts (
  account_number text PRIMARY KEY, user_id bigint NOT NULL, status text NOT NULL, default_account boolean NOT NULL,
  created_at bigint NOT NULL, last_modified bigint NOT NULL, version integer NOT NULL
)`);

servePeer({
  async execute(accountNumber, command): Promise<PeerOutcome> {
    const now = Date.now();
    if (command.type === "create") {
      const { rows } = await pool.query<Account>({
        name: "create",
        text: `INSERT INTO accounts VALUES ($1, $2, 'ACCOUNT_PENDING', $3, $4, $4, 1)
          ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        values: [accountNumber, command.userId, command.defaultAccount, now],
      });
      return outcomeOf(rows, { code: "account-already-exists" });
    }
    if (command.type !== "make-default" && command.type !== "clear-default") {
      throw new Error(`The bench sends no ${command.type}`);
    }
    const { rows } = await pool.query<Account>({
      name: "turn",
      text: `UPDATE accounts SET default_account = $2, last_modified = $3, version = version + 1
        WHERE account_number = $1 AND default_account <> $2 AND status <> 'ACCOUNT_CLOSED' RETURNING ${COLUMNS}`,
      values: [accountNumber, command.type === "make-default", now],
    });
    return outcomeOf(rows, { code: "already-in-state", accountStatus: "ACCOUNT_PENDING" });
  },
  async read(accountNumber) {
    const { rows } = await pool.query<Account>({
      name: "read",
      text: `SELECT ${COLUMNS} FROM accounts WHERE account_number = $1`,
      values: [accountNumber],
    });
    return rows[0] ?? null;
  },
});

function outcomeOf(
  [account]: readonly Account[],
  refusal: Extract<PeerOutcome, { kind: "refused" }>["refusal"],
): PeerOutcome {
  return account === undefined ? { kind: "refused", refusal } : { kind: "accepted", account };
}
