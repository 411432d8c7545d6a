// Parking: accounts whose events can't be applied, functions that fail for an account, and messages that can't be read
// wait here in sight of everyone.

import { encodeBase64 } from "hono/utils/encode";
import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { logLine } from "../http/log-line.ts";
import { link, linkSchema } from "../http/representations.ts";
import { readRows } from "../views/accounts-view.ts";
import { sendReactions } from "./announce.ts";
import { registering } from "./directory.ts";
import type { ProcessorEnv } from "./env.ts";
import { pageLinksSchema } from "./pages.ts";
import { failingReactions, PARKED_REACTIONS } from "./reactions.ts";
import { reasonText } from "./reason.ts";
import type { Unprojectable } from "./repair.ts";
import { resendReactions } from "./resend-reactions.ts";

/** As an operator reads it. */
const parkedSchema = z.object({
  accountNumber: z.string().nullable().describe("Null for a message that no account could be read from"),
  function: z
    .string()
    .nullable()
    .describe("The function that fails for the account; null where it is the views, or a message"),
  version: z
    .int()
    .nullable()
    .describe(
      "The version of the event that can't be applied, or that the function fails for; null for a message",
    ),
  reason: z.string(),
  at: z.int().describe("Epoch milliseconds of the last attempt"),
  attempts: z.int().positive(),
  messageId: z.string().nullable().describe("Of a message that is kept whole; null for an account"),
});

type Parked = z.infer<typeof parkedSchema>;

const shownSchema = parkedSchema.extend({
  _links: z.object({ message: linkSchema.optional(), replay: linkSchema.optional() }),
});

export const parkedListSchema = z
  .object({
    items: z.array(shownSchema),
    total: z.int().nonnegative().describe("How many there are on all pages"),
    _links: pageLinksSchema.extend({ replay: linkSchema }),
  })
  .meta({ id: "ParkedList" });

/** A message that can't be read, whole. */
export const keptMessageSchema = parkedSchema
  .omit({ version: true, function: true })
  .extend({ body: z.string() })
  .meta({ id: "KeptMessage" });

type KeptMessage = z.infer<typeof keptMessageSchema>;

export const replayingSchema = z
  .object({ replaying: z.int().nonnegative().describe("How many are tried again") })
  .meta({ id: "Replaying" });

export const PARKED_HREF = "/v1/operations/parked";
export const MESSAGES_HREF = "/v1/operations/messages";

/** So much of what is parked is shown at a time, the newest first. */
const MAX_LISTED = 500;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;

/** Accounts, messages and reactions alike. */
const ALL_PARKED = `
  SELECT account_number AS accountNumber, NULL AS function, version, reason, at, attempts, NULL AS messageId FROM parked
  UNION ALL SELECT account_number, NULL, NULL, reason, at, attempts, id FROM unreadable_messages
  UNION ALL ${PARKED_REACTIONS}`;

export const parkedFilterSchema = z.object({
  accountNumber: accountNumberSchema.optional().describe("Only what is parked of this account"),
  function: z.string().optional().describe("Only the accounts for which this function fails"),
});

type ParkedFilter = z.infer<typeof parkedFilterSchema>;

/** With the account as the first parameter and the function as the second; null is any. */
const MATCHES = "(?1 IS NULL OR accountNumber = ?1) AND (?2 IS NULL OR function = ?2)";

/** A place in the order of what is parked: epoch milliseconds, and what tells those of one moment apart. */
export const parkedPositionSchema = z.tuple([z.int().nonnegative(), z.string()]);

type ParkedPosition = Readonly<z.infer<typeof parkedPositionSchema>>;

export interface ParkedPage {
  readonly items: readonly z.infer<typeof shownSchema>[];
  /** Where the next page begins; null where this one has the last. */
  readonly next: ParkedPosition | null;
}

/** What is parked after a place, the newest first. */
export async function listParked(
  operations: D1Database,
  { accountNumber, function: name }: ParkedFilter = {},
  [at, key]: ParkedPosition = [Number.MAX_SAFE_INTEGER, ""],
): Promise<ParkedPage> {
  const { results } = await operations
    .prepare(
      `SELECT *, concat_ws(' ', accountNumber, function, messageId) AS key FROM (${ALL_PARKED})
       WHERE ${MATCHES} AND (at, concat_ws(' ', accountNumber, function, messageId)) < (?3, ?4)
       ORDER BY at DESC, key DESC LIMIT ?5`,
    )
    .bind(accountNumber ?? null, name ?? null, at, key, MAX_LISTED + 1)
    .all<Parked & { key: string }>();
  const shown = results.slice(0, MAX_LISTED);
  const last = shown.at(-1);
  return {
    items: shown.map(({ key: _, ...parked }) => ({ ...parked, _links: parkedLinks(parked) })),
    next: results.length > shown.length && last !== undefined ? [last.at, last.key] : null,
  };
}

function parkedLinks({ accountNumber, messageId }: Parked): z.infer<typeof shownSchema>["_links"] {
  return {
    ...(messageId === null ? {} : { message: link(`${MESSAGES_HREF}/${encodeURIComponent(messageId)}`) }),
    ...(accountNumber === null ? {} : { replay: link(`${PARKED_HREF}/${accountNumber}/replay`) }),
  };
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

export async function countParked(
  operations: D1Database,
  { accountNumber, function: name }: ParkedFilter = {},
): Promise<number> {
  const parked = await operations
    .prepare(`SELECT count(*) AS parked FROM (${ALL_PARKED}) WHERE ${MATCHES}`)
    .bind(accountNumber ?? null, name ?? null)
    .first<number>("parked");
  return parked ?? 0;
}

export async function isParked(operations: D1Database, accountNumber: string): Promise<boolean> {
  const row = await operations
    .prepare(`SELECT 1 FROM (${ALL_PARKED}) WHERE accountNumber = ?1 LIMIT 1`)
    .bind(accountNumber)
    .first();
  return row !== null;
}

/**
 * Sends every parked account to be repaired, and every function to where it waits or is parked, or
 * missed something. Answers how many.
 */
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
  const reactions = await failingReactions(env.OPERATIONS);
  await sendReactions(
    env,
    reactions.map((pair) => ({ ...pair, version: 0 })),
  );
  const { reactions: missed } = await resendReactions(env, 0);
  return { replaying: accountNumbers.length + reactions.length + missed };
}

/** Why an account is parked. */
interface Parking extends Pick<Unprojectable, "version" | "message"> {
  /** At which version of its views it waits for nothing any more; left out where only a repair can tell. */
  readonly settledVersion?: number;
}

/** An account that waits is in the directory, too, so that a rebuild and a verification look at it. */
export async function park(
  operations: D1Database,
  accountNumber: string,
  { version, message, settledVersion }: Parking,
  traceId?: string,
): Promise<void> {
  const parking = operations
    .prepare(
      `INSERT INTO parked (account_number, version, reason, at, attempts, settled_version)
       VALUES (?1, ?2, ?3, ?4, 1, ?5)
       ON CONFLICT (account_number) DO UPDATE SET
         version = excluded.version, reason = excluded.reason, at = excluded.at, attempts = attempts + 1,
         settled_version = excluded.settled_version`,
    )
    .bind(accountNumber, version, reasonText(message), Date.now(), settledVersion ?? null);
  await operations.batch([registering(operations, [accountNumber]), parking]);
  logLine("park", { traceId, accountNumber, version, reason: message });
}

/** What waits of some accounts, as it was at a time. */
export interface Waiting {
  readonly parked: readonly {
    readonly accountNumber: string;
    readonly at: number;
    readonly attempts: number;
  }[];
  readonly messages: readonly { readonly accountNumber: string; readonly id: string }[];
}

/** Read before the logs are: what is parked later may be about what a log did not have yet. */
export async function readWaiting(
  operations: D1Database,
  accountNumbers: readonly string[],
): Promise<Waiting> {
  const among = (columns: string, table: string): D1PreparedStatement =>
    operations
      .prepare(
        `SELECT account_number AS accountNumber, ${columns} FROM ${table}
         WHERE account_number IN (SELECT value FROM json_each(?1))`,
      )
      .bind(JSON.stringify(accountNumbers));
  const [parked, messages] = await Promise.all([
    among("at, attempts", "parked").all<Waiting["parked"][number]>(),
    among("id", "unreadable_messages").all<Waiting["messages"][number]>(),
  ]);
  return { parked: parked.results, messages: messages.results };
}

/**
 * The views of these accounts are what their logs say again, up to a version. Whatever message of one could not be read, the
 * log has what it said; where there is no log, nobody has, and the message is kept.
 */
export async function unpark(
  operations: D1Database,
  { parked, messages }: Waiting,
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  const own = parked.filter(({ accountNumber }) => versions.has(accountNumber));
  const told = messages.filter(({ accountNumber }) => (versions.get(accountNumber) ?? 0) > 0);
  if (own.length + told.length === 0) return;
  await operations.batch([
    operations
      .prepare(
        `DELETE FROM parked WHERE EXISTS (SELECT 1 FROM json_each(?1)
           WHERE value ->> 'accountNumber' = account_number AND value ->> 'at' = at AND value ->> 'attempts' = attempts)`,
      )
      .bind(JSON.stringify(own)),
    operations
      .prepare("DELETE FROM unreadable_messages WHERE id IN (SELECT value ->> 'id' FROM json_each(?1))")
      .bind(JSON.stringify(told)),
  ]);
}

/** So many parked accounts are held against the views at a time. */
const MAX_HELD = 500;

/**
 * Takes off the list whose views went on past what it waited for, without anybody's having repaired it: as when the answer
 * to a commit was lost. Most often nobody waits, and it costs one query.
 */
export async function unparkPassed({ OPERATIONS: operations, VIEWS }: ProcessorEnv): Promise<void> {
  for (let after: string | undefined = ""; after !== undefined; ) {
    const { results }: D1Result<{ accountNumber: string }> = await operations
      .prepare(
        `SELECT account_number AS accountNumber FROM parked
         WHERE account_number > ?1 AND settled_version IS NOT NULL ORDER BY account_number LIMIT ${MAX_HELD}`,
      )
      .bind(after)
      .all();
    if (results.length === 0) return;
    const rows = await readRows(
      VIEWS,
      results.map(({ accountNumber }) => accountNumber),
    );
    await operations
      .prepare(
        `DELETE FROM parked WHERE EXISTS (
           SELECT 1 FROM json_each(?1) WHERE value ->> 0 = account_number AND value ->> 1 >= settled_version)`,
      )
      .bind(JSON.stringify([...rows.values()].map(({ accountNumber, version }) => [accountNumber, version])))
      .run();
    after = results[MAX_HELD - 1]?.accountNumber;
  }
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
    .bind(message.id, accountNumber, textOf(message.body), reasonText(reason), Date.now())
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
