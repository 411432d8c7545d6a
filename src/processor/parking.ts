// Parking: accounts whose events can't be applied, and messages that can't be read, wait here in sight of everyone.

import { encodeBase64 } from "hono/utils/encode";
import { logLine } from "../http/log-line.ts";
import { registering } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import type { Unprojectable } from "./repair.ts";

/** As an operator reads it. `accountNumber` is null for a message that no account could be read from. */
export interface Parked {
  readonly accountNumber: string | null;
  /** The version of the event that can't be applied; null for such a message. */
  readonly version: number | null;
  readonly reason: string;
  /** Epoch milliseconds of the last attempt. */
  readonly at: number;
  readonly attempts: number;
  /** Of a message that is kept whole; null for an account. */
  readonly messageId: string | null;
}

/** A message that can't be read, whole. */
export interface KeptMessage extends Omit<Parked, "version"> {
  readonly body: string;
}

const MAX_REASON_LENGTH = 1_000;
/** So much of what is parked is shown, the newest first. */
const MAX_LISTED = 500;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;

/** Accounts and messages alike. */
const ALL_PARKED = `
  SELECT account_number AS accountNumber, version, reason, at, attempts, NULL AS messageId FROM parked
  UNION ALL SELECT account_number, NULL, reason, at, attempts, id FROM unreadable_messages`;

/** The newest of them, and how many there are in all. */
export async function listParked(
  operations: D1Database,
): Promise<{ readonly items: readonly Parked[]; readonly total: number }> {
  const { results } = await operations
    .prepare(`SELECT * FROM (${ALL_PARKED}) ORDER BY at DESC LIMIT ?1`)
    .bind(MAX_LISTED)
    .all<Parked>();
  const total = results.length < MAX_LISTED ? results.length : await countParked(operations);
  return { items: results, total };
}

export async function readKeptMessage(operations: D1Database, id: string): Promise<KeptMessage | null> {
  return operations
    .prepare(
      `SELECT account_number AS accountNumber, reason, at, attempts, id AS messageId, body
       FROM unreadable_messages WHERE id = ?1`,
    )
    .bind(id)
    .first<KeptMessage>();
}

/** Lets go of a message that somebody has looked at. Answers whether there was one. */
export async function discardKeptMessage(operations: D1Database, id: string): Promise<boolean> {
  const { meta } = await operations.prepare("DELETE FROM unreadable_messages WHERE id = ?1").bind(id).run();
  return meta.changes > 0;
}

export async function countParked(operations: D1Database): Promise<number> {
  return (
    (await operations.prepare(`SELECT count(*) AS parked FROM (${ALL_PARKED})`).first<number>("parked")) ?? 0
  );
}

export async function isParked(operations: D1Database, accountNumber: string): Promise<boolean> {
  const row = await operations
    .prepare(`SELECT 1 FROM (${ALL_PARKED}) WHERE accountNumber = ?1 LIMIT 1`)
    .bind(accountNumber)
    .first();
  return row !== null;
}

/** Sends every parked account to be repaired. Answers how many. */
export async function replayAll(env: ProcessorEnv): Promise<{ readonly replaying: number }> {
  const { results } = await env.OPERATIONS.prepare(
    `SELECT account_number AS accountNumber FROM parked
     UNION SELECT account_number FROM unreadable_messages WHERE account_number IS NOT NULL`,
  ).all<{ accountNumber: string }>();
  const accountNumbers = results.map(({ accountNumber }) => accountNumber);
  for (let start = 0; start < accountNumbers.length; start += MAX_MESSAGES_PER_SEND) {
    const some = accountNumbers.slice(start, start + MAX_MESSAGES_PER_SEND);
    await env.ACCOUNT_REPAIRS.sendBatch(some.map((accountNumber) => ({ body: { accountNumber } })));
  }
  return { replaying: accountNumbers.length };
}

/** An account that waits is in the directory, too, so that a rebuild and a verification look at it. */
export async function park(
  operations: D1Database,
  accountNumber: string,
  { version, message }: Pick<Unprojectable, "version" | "message">,
  traceId?: string,
): Promise<void> {
  const parking = operations
    .prepare(
      `INSERT INTO parked (account_number, version, reason, at, attempts) VALUES (?1, ?2, ?3, ?4, 1)
       ON CONFLICT (account_number) DO UPDATE SET
         version = excluded.version, reason = excluded.reason, at = excluded.at, attempts = attempts + 1`,
    )
    .bind(accountNumber, version, message.slice(0, MAX_REASON_LENGTH), Date.now());
  await operations.batch([registering(operations, [accountNumber]), parking]);
  logLine("park", { traceId, accountNumber, version, reason: message });
}

/**
 * Its views are what its log says again, up to a version. Whatever message of it could not be read, the log has what it
 * said; where there is no log, nobody has, and the message is kept.
 */
export async function unpark(operations: D1Database, accountNumber: string, version: number): Promise<void> {
  const account = operations.prepare("DELETE FROM parked WHERE account_number = ?1").bind(accountNumber);
  const messages = operations
    .prepare("DELETE FROM unreadable_messages WHERE account_number = ?1")
    .bind(accountNumber);
  await operations.batch(version > 0 ? [account, messages] : [account]);
}

/** Takes off the list whoever the views went on past what it waited for: one query for all, most often for nothing. */
export async function unparkPassed(
  operations: D1Database,
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  if (versions.size === 0) return;
  await operations
    .prepare(
      `DELETE FROM parked WHERE EXISTS (
         SELECT 1 FROM json_each(?1) WHERE value ->> 0 = account_number AND value ->> 1 >= version)`,
    )
    .bind(JSON.stringify([...versions]))
    .run();
}

/** Keeps a message whole that can't be read; `accountNumber` as far as that could be. Come again, it is the same one. */
export async function keepMessage(
  operations: D1Database,
  message: Message,
  accountNumber: string | null,
  reason: string,
): Promise<void> {
  await operations
    .prepare(
      `INSERT INTO unreadable_messages (id, account_number, body, reason, at, attempts) VALUES (?1, ?2, ?3, ?4, ?5, 1)
       ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, at = excluded.at, attempts = attempts + 1`,
    )
    .bind(message.id, accountNumber, textOf(message.body), reason.slice(0, MAX_REASON_LENGTH), Date.now())
    .run();
  logLine("kept message", { messageId: message.id, accountNumber, reason });
}

/** A message of this service is JSON; what somebody else sent may be anything. */
function textOf(body: unknown): string {
  if (body instanceof ArrayBuffer) return `base64:${encodeBase64(body)}`;
  try {
    return JSON.stringify(body) ?? String(body);
  } catch {
    return String(body);
  }
}
