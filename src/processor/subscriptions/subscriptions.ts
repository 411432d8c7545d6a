// The subscriptions: who follows the feed, with which secret, and how far each one is. Their table and its SQL.

type SubscriptionState = "active" | "parked" | "gone";

export interface Subscription {
  readonly id: string;
  readonly url: string;
  /** Null: every type. */
  readonly types: readonly string[] | null;
  /** Epoch milliseconds, like every time here. */
  readonly createdAt: number;
  /** `parked`: its receiver failed for days, and an operator may replay it. `gone`: the receiver answered 410, for good. */
  readonly state: SubscriptionState;
  /** Up to here each event of the feed was delivered, or its account waits. */
  readonly position: number;
  readonly positionEvent: string | null;
  /** When it last had everything: nothing that happened a day before then enters the feed any more. */
  readonly caughtUpAt: number | null;
  readonly notBefore: number;
  readonly deliveredEvent: string | null;
  readonly deliveredAt: number | null;
  readonly failedEvent: string | null;
  readonly failedAt: number | null;
  readonly failure: string | null;
  readonly rests: number;
  readonly restsUntil: number | null;
}

/** With what nobody is shown. */
export interface SigningSubscription extends Subscription {
  readonly secret: string;
  /** The newest first, a space between each two: all sign until then. */
  readonly previousSecrets: string | null;
  readonly previousSecretsUntil: number | null;
  /** 1 while an account or a message is parked: the feed may lack events of long ago, which it gets later. */
  readonly feedMayLack: 0 | 1;
}

export type NewSubscription = Pick<
  SigningSubscription,
  "id" | "url" | "types" | "secret" | "createdAt" | "position" | "positionEvent" | "caughtUpAt"
>;

/** Each costs a look at every batch of events, and all of them fit one page. */
export const MAX_SUBSCRIPTIONS = 500;

/** No receiver has to try more signatures of one delivery: as many as are tried of what is sent here. */
const MAX_SECRETS = 10;

const SHOWN_COLUMNS = `id, url, types, created_at AS createdAt, state, position, position_event AS positionEvent,
  caught_up_at AS caughtUpAt, not_before AS notBefore, delivered_event AS deliveredEvent, delivered_at AS deliveredAt,
  failed_event AS failedEvent, failed_at AS failedAt, failure, rests, rests_until AS restsUntil`;
const SIGNING_COLUMNS = `${SHOWN_COLUMNS}, secret, previous_secret AS previousSecrets,
  previous_secret_until AS previousSecretsUntil,
  EXISTS (SELECT 1 FROM parked) OR EXISTS (SELECT 1 FROM unreadable_messages) AS feedMayLack`;

type Row<Read extends Subscription> = Omit<Read, "types"> & { readonly types: string | null };

function fromRow<Read extends Subscription>(row: Row<Read>) {
  const types: readonly string[] | null = row.types === null ? null : JSON.parse(row.types);
  return { ...row, types };
}

/** As it is stored; null where there are as many as there may be. */
export async function insertSubscription(
  operations: D1Database,
  { id, url, types, secret, createdAt, position, positionEvent, caughtUpAt }: NewSubscription,
): Promise<Subscription | null> {
  const row = await operations
    .prepare(
      `INSERT INTO subscriptions (id, url, types, secret, created_at, position, position_event, caught_up_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE (SELECT count(*) FROM subscriptions) < ${MAX_SUBSCRIPTIONS}
       RETURNING ${SHOWN_COLUMNS}`,
    )
    .bind(
      id,
      url,
      types === null ? null : JSON.stringify(types),
      secret,
      createdAt,
      position,
      positionEvent,
      caughtUpAt,
    )
    .first<Row<Subscription>>();
  return row === null ? null : fromRow<Subscription>(row);
}

export async function readSubscription(operations: D1Database, id: string): Promise<Subscription | null> {
  const row = await operations
    .prepare(`SELECT ${SHOWN_COLUMNS} FROM subscriptions WHERE id = ?1`)
    .bind(id)
    .first<Row<Subscription>>();
  return row === null ? null : fromRow<Subscription>(row);
}

/** For delivering alone: with the secrets, and with what is to be known before the feed is read. */
export async function readSigningSubscription(
  operations: D1Database,
  id: string,
): Promise<SigningSubscription | null> {
  const row = await operations
    .prepare(`SELECT ${SIGNING_COLUMNS} FROM subscriptions WHERE id = ?1`)
    .bind(id)
    .first<Row<SigningSubscription>>();
  return row === null ? null : fromRow<SigningSubscription>(row);
}

/** All of them, the oldest first. */
export async function listSubscriptions(operations: D1Database): Promise<Subscription[]> {
  const { results } = await operations
    .prepare(`SELECT ${SHOWN_COLUMNS} FROM subscriptions ORDER BY created_at, id`)
    .all<Row<Subscription>>();
  return results.map((row) => fromRow<Subscription>(row));
}

export async function hasSubscriptions(operations: D1Database): Promise<boolean> {
  return (await operations.prepare("SELECT 1 FROM subscriptions LIMIT 1").first()) !== null;
}

/** With all that waits for it. False where there was none. */
export async function deleteSubscription(operations: D1Database, id: string): Promise<boolean> {
  const [, deleted] = await operations.batch([
    operations.prepare("DELETE FROM subscription_waiting WHERE subscription_id = ?1").bind(id),
    operations.prepare("DELETE FROM subscriptions WHERE id = ?1").bind(id),
  ]);
  return (deleted?.meta.changes ?? 0) > 0;
}

/**
 * The old secret goes on signing until then, and so does what it replaced and signs still: nobody knows which of them the
 * receiver has. Only the newest ones, where there are more than may sign. False where there is no such subscription.
 */
export async function replaceSecret(
  operations: D1Database,
  id: string,
  secret: string,
  now: number,
  previousUntil: number,
): Promise<boolean> {
  // Each is as long as the others, so that none is cut in the middle.
  const mostLength = (MAX_SECRETS - 1) * (secret.length + 1) - 1;
  const { meta } = await operations
    .prepare(
      `UPDATE subscriptions SET secret = ?2, previous_secret_until = ?4,
         previous_secret = iif(previous_secret_until > ?3, substr(secret || ' ' || previous_secret, 1, ?5), secret)
       WHERE id = ?1`,
    )
    .bind(id, secret, now, previousUntil, mostLength)
    .run();
  return meta.changes > 0;
}

/** The active ones that want one of these types (null: of any type) and do not rest. */
export async function subscriptionsWanting(
  operations: D1Database,
  types: readonly string[] | null,
  now: number,
): Promise<string[]> {
  const { results } = await operations
    .prepare(
      `SELECT id FROM subscriptions
       WHERE state = 'active' AND coalesce(rests_until, 0) <= ?1
         AND (types IS NULL OR ?2 IS NULL
           OR EXISTS (SELECT 1 FROM json_each(types) WHERE value IN (SELECT value FROM json_each(?2))))`,
    )
    .bind(now, types === null ? null : JSON.stringify(types))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** The active ones that have something to do now: whatever should have woken them may be lost. */
export async function subscriptionsBehind(
  operations: D1Database,
  head: number,
  now: number,
): Promise<string[]> {
  const { results } = await operations
    .prepare(
      `SELECT id FROM subscriptions
       WHERE state = 'active' AND coalesce(rests_until, 0) <= ?2
         AND (position <> ?1 OR EXISTS (
           SELECT 1 FROM subscription_waiting WHERE subscription_id = id AND retry_at <= ?2))`,
    )
    .bind(head, now)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

export interface Progress {
  readonly position: number;
  readonly positionEvent: string | null;
  readonly caughtUpAt: number | null;
  readonly notBefore: number;
}

/** Only from where it was: an object that was replaced in the middle of a round moves nothing any more. */
export function moveSubscription(
  operations: D1Database,
  { id, position }: Subscription,
  to: Progress,
): D1PreparedStatement {
  return operations
    .prepare(
      `UPDATE subscriptions SET position = ?3, position_event = ?4, caught_up_at = ?5, not_before = ?6
       WHERE id = ?1 AND position = ?2`,
    )
    .bind(id, position, to.position, to.positionEvent, to.caughtUpAt, to.notBefore);
}

export type Health = Pick<
  Subscription,
  "state" | "deliveredEvent" | "deliveredAt" | "failedEvent" | "failedAt" | "failure" | "rests" | "restsUntil"
>;

export function writeHealth(operations: D1Database, id: string, health: Health): D1PreparedStatement {
  return operations
    .prepare(
      `UPDATE subscriptions SET state = ?2, delivered_event = ?3, delivered_at = ?4, failed_event = ?5,
         failed_at = ?6, failure = ?7, rests = ?8, rests_until = ?9 WHERE id = ?1`,
    )
    .bind(
      id,
      health.state,
      health.deliveredEvent,
      health.deliveredAt,
      health.failedEvent,
      health.failedAt,
      health.failure,
      health.rests,
      health.restsUntil,
    );
}

/** Active again, and awake; what ended by 410 stays ended. */
export function resume(operations: D1Database, id: string): D1PreparedStatement {
  return operations
    .prepare(
      `UPDATE subscriptions SET state = 'active', rests = 0, rests_until = NULL WHERE id = ?1 AND state <> 'gone'`,
    )
    .bind(id);
}
