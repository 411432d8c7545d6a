// The inbox: events of other services, stored before they are answered, sent to a queue, handled once.

import * as z from "zod";
import type { CloudEvent } from "./cloud-events.ts";
import type { ProcessorEnv } from "./env.ts";

/**
 * `stored`: to be handled. `handled`, `ignored` (of a type that means nothing here): done. `parked`: handling it failed
 * again and again; it waits for a person.
 */
export const inboxStateSchema = z.enum(["stored", "handled", "ignored", "parked"]);

type InboxState = z.output<typeof inboxStateSchema>;

/** An event as it is listed. */
export const inboxEventSchema = z.object({
  number: z.int().positive(),
  source: z.string(),
  id: z.string(),
  type: z.string(),
  state: inboxStateSchema,
  attempts: z.int().nonnegative().describe("Those that failed"),
  reason: z.string().nullable(),
  receivedAt: z.int().describe("Epoch milliseconds"),
});

export type InboxEvent = Readonly<z.output<typeof inboxEventSchema>>;

/** One that is to be handled. */
export interface StoredEvent extends Pick<InboxEvent, "number" | "attempts" | "receivedAt"> {
  readonly event: CloudEvent;
  readonly correlationId: string;
}

/** A message of the queue `inbox`. */
interface InboxMessage {
  readonly number: number;
}

/** A message that was not dealt with in this time beyond its own delay is taken for lost, and sent again. */
const PATIENCE_MS = 60_000;
/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;
/** After an outage one run of the clock after another sends what waits. (A run may ask D1 a thousand times: its "Limits".) */
const MAX_SENDS = 200;
const MAX_REASON_LENGTH = 1_000;
/** So much is listed, the newest first. */
const MAX_LISTED = 500;

const COLUMNS = "number, source, id, type, state, attempts, reason, received_at AS receivedAt";

/** Stores those that never came before, all or none of them. Answers what is known of each now. */
export async function storeEvents(
  operations: D1Database,
  events: readonly CloudEvent[],
  correlationId: string,
  receivedAt: number,
): Promise<readonly InboxEvent[]> {
  const rows = JSON.stringify(
    events.map((event) => ({
      source: event.source,
      id: event.id,
      type: event.type,
      event: JSON.stringify(event),
    })),
  );
  const [, known] = await operations.batch<InboxEvent>([
    operations
      .prepare(
        `INSERT INTO inbox (source, id, type, event, state, correlation_id, received_at, due_at)
         SELECT value ->> 'source', value ->> 'id', value ->> 'type', value ->> 'event', 'stored', ?2, ?3, ?3
         FROM json_each(?1) WHERE TRUE ORDER BY key ON CONFLICT (source, id) DO NOTHING`,
      )
      .bind(rows, correlationId, receivedAt),
    operations
      .prepare(
        `SELECT ${COLUMNS} FROM inbox
         WHERE (source, id) IN (SELECT value ->> 'source', value ->> 'id' FROM json_each(?1)) ORDER BY number`,
      )
      .bind(rows),
  ]);
  return known?.results ?? [];
}

/**
 * Sends what is due: what was just stored, and what was sent before and never dealt with, since messages get lost. Each
 * is marked before it is sent, so that two who send at once do not send the same.
 */
export async function sendDue(env: ProcessorEnv, maxSends = MAX_SENDS): Promise<void> {
  for (let sends = 0; sends < maxSends; sends++) {
    const now = Date.now();
    const { results } = await env.OPERATIONS.prepare(
      `UPDATE inbox SET due_at = ?2 WHERE number IN (
         SELECT number FROM inbox WHERE state = 'stored' AND due_at <= ?1 ORDER BY due_at LIMIT ?3
       ) RETURNING number`,
    )
      .bind(now, now + PATIENCE_MS, MAX_MESSAGES_PER_SEND)
      .all<InboxMessage>();
    if (results.length > 0) await env.INBOX.sendBatch(results.map(({ number }) => ({ body: { number } })));
    if (results.length < MAX_MESSAGES_PER_SEND) return;
  }
}

/** Null where it is dealt with, or is none. */
export async function readStored(operations: D1Database, number: number): Promise<StoredEvent | null> {
  const row = await operations
    .prepare(
      `SELECT number, attempts, received_at AS receivedAt, correlation_id AS correlationId, event
       FROM inbox WHERE number = ?1 AND state = 'stored'`,
    )
    .bind(number)
    .first<Omit<StoredEvent, "event"> & { event: string }>();
  return row === null ? null : { ...row, event: JSON.parse(row.event) };
}

export function markDone(
  operations: D1Database,
  number: number,
  state: "handled" | "ignored",
): D1PreparedStatement {
  return operations
    .prepare("UPDATE inbox SET state = ?2, reason = NULL WHERE number = ?1 AND state = 'stored'")
    .bind(number, state);
}

/** An attempt failed: the next follows after `delayMs`, or where that is null, none does. */
export async function markFailed(
  operations: D1Database,
  number: number,
  failure: unknown,
  delayMs: number | null,
): Promise<void> {
  const reason = failure instanceof Error ? failure.message : String(failure);
  await operations
    .prepare(
      `UPDATE inbox SET attempts = attempts + 1, reason = ?2, state = ?3, due_at = ?4
       WHERE number = ?1 AND state = 'stored'`,
    )
    .bind(
      number,
      reason.slice(0, MAX_REASON_LENGTH),
      delayMs === null ? "parked" : "stored",
      Date.now() + (delayMs ?? 0) + PATIENCE_MS,
    )
    .run();
}

/** Newest first. Null for all states. */
export async function listInbox(
  operations: D1Database,
  state: InboxState | null,
): Promise<readonly InboxEvent[]> {
  // Spelt out, because a partial index is used for a literal condition only.
  const condition = state === null ? "TRUE" : `state = '${state}'`;
  // The index of those that are stored is in another order, and few are: they are sorted, and no others looked at.
  const number = state === "stored" ? "+number" : "number";
  const { results } = await operations
    .prepare(`SELECT ${COLUMNS} FROM inbox WHERE ${condition} ORDER BY ${number} DESC LIMIT ?1`)
    .bind(MAX_LISTED)
    .all<InboxEvent>();
  return results;
}

/** Null where there is none of this number. */
export async function readInboxEvent(
  operations: D1Database,
  number: number,
): Promise<(InboxEvent & { readonly event: CloudEvent }) | null> {
  const row = await operations
    .prepare(`SELECT ${COLUMNS}, event FROM inbox WHERE number = ?1`)
    .bind(number)
    .first<InboxEvent & { readonly event: string }>();
  return row === null ? null : { ...row, event: JSON.parse(row.event) };
}

/** What waits to be handled, and what is parked. */
export async function countInbox(
  operations: D1Database,
): Promise<{ readonly stored: number; readonly parked: number } | null> {
  return operations
    .prepare(
      `SELECT (SELECT count(*) FROM inbox WHERE state = 'stored') AS stored,
         (SELECT count(*) FROM inbox WHERE state = 'parked') AS parked`,
    )
    .first();
}

/** Handles again, from the first attempt on, all that is parked. Answers how many. */
export async function replayAllParked(env: ProcessorEnv): Promise<number> {
  return replay(env, "state = 'parked'", []);
}

/** Handles one again that is parked, or was ignored by code or configuration of then. Whether there is such a one. */
export async function replayEvent(env: ProcessorEnv, number: number): Promise<boolean> {
  return (await replay(env, "number = ?2 AND state IN ('parked', 'ignored')", [number])) > 0;
}

async function replay(env: ProcessorEnv, condition: string, bindings: readonly number[]): Promise<number> {
  const { meta } = await env.OPERATIONS.prepare(
    `UPDATE inbox SET state = 'stored', attempts = 0, due_at = ?1 WHERE ${condition}`,
  )
    .bind(Date.now(), ...bindings)
    .run();
  await sendDue(env);
  return meta.changes;
}
