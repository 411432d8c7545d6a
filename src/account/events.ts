// The events an account's log is made of. Names and shapes are storage format: they are never renamed or repurposed.

import * as z from "zod";
import type { RecordedEvent } from "../event-sourcing/recorded-event.ts";

const nothing = z.object({});
const withReason = z.object({ reason: z.string().optional() });

/** The stored shape of each event type's `data`, today's. Unknown members are tolerated: a newer writer may add some. */
export const EVENT_DATA = {
  ACCOUNT_CREATED: z.object({ userId: z.int().positive(), defaultAccount: z.boolean() }),
  ACCOUNT_CONFIRMED: nothing,
  ACCOUNT_ACTIVATED: nothing,
  ACCOUNT_SUSPENDED: withReason,
  ACCOUNT_ARCHIVED: withReason,
  ACCOUNT_CLOSED: withReason,
  ACCOUNT_MADE_DEFAULT: nothing,
  ACCOUNT_DEFAULT_CLEARED: nothing,
} as const;

export type AccountEventType = keyof typeof EVENT_DATA;

/** The schema number of that shape, with which new events are written. A new number needs an upcaster from the old one. */
export const EVENT_SCHEMAS: Readonly<Record<AccountEventType, number>> = {
  ACCOUNT_CREATED: 2,
  ACCOUNT_CONFIRMED: 1,
  ACCOUNT_ACTIVATED: 1,
  ACCOUNT_SUSPENDED: 1,
  ACCOUNT_ARCHIVED: 1,
  ACCOUNT_CLOSED: 1,
  ACCOUNT_MADE_DEFAULT: 1,
  ACCOUNT_DEFAULT_CLEARED: 1,
};

/** An event as `decide` makes it, before the log gives it a version and a time. */
export type AccountEvent = {
  [Type in AccountEventType]: {
    readonly type: Type;
    readonly data: Readonly<z.infer<(typeof EVENT_DATA)[Type]>>;
  };
}[AccountEventType];

/** An event as the log keeps it. Its type may be one that this code does not know yet. */
export interface RecordedAccountEvent extends RecordedEvent {
  readonly accountNumber: string;
}

/** The members of every event, whatever its type. */
export const recordedEventMembers = z.looseObject({
  id: z.string().describe("accountNumber:version"),
  createdAt: z.int().nonnegative().describe("Epoch milliseconds; never goes backwards within an account"),
  lastModified: z.int().nonnegative().describe("Equal to createdAt: nobody edits history"),
  type: z.string().min(1),
  schema: z.int().positive().describe("Number of the stored shape of data for this type"),
  accountNumber: z.string(),
  version: z.int().positive().describe("1, 2, 3 … without gaps within an account"),
  data: z.record(z.string(), z.unknown()),
  metadata: z.looseObject({
    commandId: z.string().describe("The idempotency key of the command, or a generated id"),
    correlationId: z.string().describe("The trace id, 32 hex digits"),
    causationId: z.string().nullable().describe("The id of the event that caused the command"),
    actor: z.string().describe("Who asked for it"),
  }),
});

/** Reads what came over a wire: a queue message or a stored text. What a newer writer adds is kept. */
export const recordedAccountEventSchema = recordedEventMembers.refine(
  (event) => event.id === `${event.accountNumber}:${event.version}`,
  "id is accountNumber:version",
);

export function isKnownEventType(type: string): type is AccountEventType {
  return Object.hasOwn(EVENT_DATA, type);
}
