// What the service answers, as a client reads it: without links, which follow from the rest.

import * as z from "zod";
import { ACCOUNT_STATUSES } from "../../src/account/account.ts";
import { EVENT_SCHEMAS, isKnownEventType } from "../../src/account/events.ts";

export const accountSchema = z.object({
  createdAt: z.int(),
  lastModified: z.int(),
  userId: z.int(),
  accountNumber: z.string(),
  defaultAccount: z.boolean(),
  status: z.enum(ACCOUNT_STATUSES),
  version: z.int(),
});

/** The number of the stored shape is not shown; what is shown is in the shape of today. */
const eventSchema = z
  .object({
    id: z.string(),
    createdAt: z.int(),
    lastModified: z.int(),
    type: z.string(),
    accountNumber: z.string(),
    version: z.int(),
    data: z.record(z.string(), z.unknown()),
    metadata: z.strictObject({
      commandId: z.string(),
      correlationId: z.string(),
      causationId: z.string().nullable(),
      actor: z.string(),
    }),
  })
  .transform((event) => ({ ...event, schema: isKnownEventType(event.type) ? EVENT_SCHEMAS[event.type] : 1 }));

export const acceptedSchema = z.object({ account: accountSchema, events: z.tuple([eventSchema]) });

export const eventPageSchema = z.object({
  items: z.array(eventSchema),
  _links: z.object({ next: z.object({ href: z.string() }).optional() }),
});
