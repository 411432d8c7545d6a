// Parking: accounts whose events can't be applied, and messages that can't be read, wait here in sight of everyone.

import * as z from "zod";
import type { ProcessorEnv } from "./env.ts";
import type { Unprojectable } from "./repair.ts";

/** As an operator reads it. */
const parkedSchema = z.object({
  accountNumber: z.string().nullable().describe("Null for a message that no account could be read from"),
  version: z
    .int()
    .nullable()
    .describe("The version of the event that can't be applied; null for a message that can't be read"),
  reason: z.string(),
  at: z.int().describe("Epoch milliseconds of the last attempt"),
  attempts: z.int().positive(),
});

type Parked = z.infer<typeof parkedSchema>;

export const parkedListSchema = z.object({ items: z.array(parkedSchema) }).meta({ id: "ParkedList" });

type ParkedList = z.infer<typeof parkedListSchema>;

export const replayingSchema = z
  .object({ replaying: z.int().nonnegative().describe("How many parked accounts are tried again") })
  .meta({ id: "Replaying" });

const MAX_REASON_LENGTH = 1_000;
/** So much of what is parked is shown, the newest first. */
const MAX_LISTED = 500;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;

/** Accounts and messages alike. */
const ALL_PARKED = `
  SELECT account_number AS accountNumber, version, reason, at, attempts FROM parked
  UNION ALL SELECT account_number, NULL, reason, at, attempts FROM unreadable_messages`;

export async function listParked(operations: D1Database): Promise<ParkedList> {
  const { results } = await operations
    .prepare(`SELECT * FROM (${ALL_PARKED}) ORDER BY at DESC LIMIT ?1`)
    .bind(MAX_LISTED)
    .all<Parked>();
  return { items: results };
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
export async function replayAll(env: ProcessorEnv): Promise<z.infer<typeof replayingSchema>> {
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

export async function park(
  operations: D1Database,
  accountNumber: string,
  { version, message }: Unprojectable,
): Promise<void> {
  await operations
    .prepare(
      `INSERT INTO parked (account_number, version, reason, at, attempts) VALUES (?1, ?2, ?3, ?4, 1)
       ON CONFLICT (account_number) DO UPDATE SET
         version = excluded.version, reason = excluded.reason, at = excluded.at, attempts = attempts + 1`,
    )
    .bind(accountNumber, version, message.slice(0, MAX_REASON_LENGTH), Date.now())
    .run();
}

/** Its views are what its log says again. Whatever message of it could not be read, the log has what it said. */
export async function unpark(operations: D1Database, accountNumber: string): Promise<void> {
  await operations.batch([
    operations.prepare("DELETE FROM parked WHERE account_number = ?1").bind(accountNumber),
    operations.prepare("DELETE FROM unreadable_messages WHERE account_number = ?1").bind(accountNumber),
  ]);
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
}

/** A message of this service is JSON; what somebody else sent may be anything. */
function textOf(body: unknown): string {
  if (body instanceof ArrayBuffer) return `base64:${btoa(String.fromCharCode(...new Uint8Array(body)))}`;
  try {
    return JSON.stringify(body) ?? String(body);
  } catch {
    return String(body);
  }
}
