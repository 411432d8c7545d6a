// How a subscription looks to a client, and what is asked of one: the schemas of the bodies, both ways.

import * as z from "zod";
import { link, linkSchema } from "../../http/representations.ts";
import { receiverUrlSchema } from "./receiver-url.ts";
import type { Subscription } from "./subscriptions.ts";
import type { WaitingAccount, WaitingCounts } from "./waiting.ts";

/** More than there are event types. */
const MAX_TYPES = 50;

export function newSubscriptionSchema(loopbackAllowed: boolean) {
  return z.strictObject({
    url: receiverUrlSchema(loopbackAllowed),
    // A type that this code does not know may be one of a newer writer's.
    types: z
      .array(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "An event type, like ACCOUNT_SUSPENDED"))
      .min(1)
      .max(MAX_TYPES)
      .transform((types) => [...new Set(types)])
      .optional(),
    after: z
      .int()
      .nonnegative()
      .optional()
      .describe("A position of the feed. 0 is all of history; absent, it begins with the next event"),
  });
}

const timeSchema = z.int().nonnegative().describe("Epoch milliseconds");

export const subscriptionSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(z.string()).nullable(),
    state: z.enum(["active", "resting", "parked", "gone"]),
    createdAt: timeSchema,
    position: z.int().nonnegative(),
    lag: z.int().nonnegative(),
    lastDelivery: z.object({ eventId: z.string(), at: timeSchema }).nullable(),
    lastFailure: z.object({ eventId: z.string(), at: timeSchema, reason: z.string() }).nullable(),
    nextAttemptAt: timeSchema.nullable(),
    retrying: z.int().nonnegative(),
    parked: z.int().nonnegative(),
    _links: z.object({ self: linkSchema, secret: linkSchema, parked: linkSchema, replay: linkSchema }),
  })
  .meta({ id: "Subscription" });

export const subscriptionListSchema = z
  .object({ items: z.array(subscriptionSchema), _links: z.object({ self: linkSchema }) })
  .meta({ id: "SubscriptionList" });

export const createdSubscriptionSchema = subscriptionSchema
  .extend({ secret: z.string().describe("Shown this once; deliveries are signed with it") })
  .meta({ id: "CreatedSubscription" });

export const secretSchema = z
  .object({
    id: z.string(),
    secret: z.string(),
    previousSecretUntil: timeSchema,
    _links: z.object({ subscription: linkSchema }),
  })
  .meta({ id: "SubscriptionSecret" });

export const parkedAccountSchema = z
  .object({
    accountNumber: z.string(),
    version: z.int().positive(),
    upToVersion: z.int().positive(),
    reason: z.string().nullable(),
    failedAt: timeSchema.nullable(),
    attempts: z.int().nonnegative(),
    _links: z.object({ event: linkSchema, replay: linkSchema }),
  })
  .meta({ id: "SubscriptionParkedAccount" });

export const parkedAccountListSchema = z
  .object({
    items: z.array(parkedAccountSchema),
    _links: z.object({ self: linkSchema, subscription: linkSchema }),
  })
  .meta({ id: "SubscriptionParkedList" });

export const subscriptionHref = (id: string): string => `/v1/subscriptions/${id}`;

const NOTHING_WAITS: WaitingCounts = { retrying: 0, parked: 0 };

/** `head`: the feed's newest position. Never the secret. */
export function subscriptionRepresentation(
  subscription: Subscription,
  head: number,
  { retrying, parked }: WaitingCounts = NOTHING_WAITS,
): z.infer<typeof subscriptionSchema> {
  const { id, url, state, createdAt, position, rests, restsUntil } = subscription;
  const { deliveredEvent, deliveredAt, failedEvent, failedAt, failure } = subscription;
  // While its receiver is down it rests until an event is taken; a pause that the receiver asked for just ends.
  const isOver = rests === 0 && (restsUntil ?? 0) <= Date.now();
  const isResting = state === "active" && restsUntil !== null && !isOver;
  const self = subscriptionHref(id);
  return {
    id,
    url,
    types: subscription.types === null ? null : [...subscription.types],
    state: isResting ? "resting" : state,
    createdAt,
    position,
    // Where positions were given anew, it may stand after the head for a moment.
    lag: Math.max(head - position, 0),
    lastDelivery:
      deliveredEvent === null || deliveredAt === null ? null : { eventId: deliveredEvent, at: deliveredAt },
    lastFailure:
      failedEvent === null || failedAt === null
        ? null
        : { eventId: failedEvent, at: failedAt, reason: failure ?? "" },
    nextAttemptAt: isResting ? restsUntil : null,
    retrying,
    parked,
    _links: {
      self: link(self),
      secret: link(`${self}/secret`),
      parked: link(`${self}/parked`),
      replay: link(`${self}/parked/replay`),
    },
  };
}

export function parkedRepresentation(
  id: string,
  { accountNumber, version, upToVersion, reason, failedAt, attempts }: WaitingAccount,
): z.infer<typeof parkedAccountSchema> {
  return {
    accountNumber,
    version,
    upToVersion,
    reason,
    failedAt,
    attempts,
    _links: {
      event: link(`/v1/accounts/${accountNumber}/events/${version}`),
      replay: link(`${subscriptionHref(id)}/parked/${accountNumber}/replay`),
    },
  };
}
