// How the inbox looks to an operator: its events as they are listed, and one whole.

import * as z from "zod";
import { link, linkSchema } from "../http/representations.ts";
import { cloudEventMembers } from "./cloud-events.ts";
import { type InboxEvent, inboxEventSchema, inboxStateSchema } from "./inbox.ts";
import { inboxEventHref } from "./inbox-href.ts";

export const inboxQuerySchema = z.strictObject({ state: inboxStateSchema.optional() });

const linkedSchema = inboxEventSchema
  .extend({ _links: z.object({ self: linkSchema }) })
  .meta({ id: "InboxEvent" });

export const inboxStoredSchema = z.object({ items: z.array(linkedSchema) }).meta({ id: "InboxStored" });

export const inboxListSchema = inboxStoredSchema
  .extend({ _links: z.object({ self: linkSchema, replay: linkSchema }) })
  .meta({ id: "InboxList" });

export type InboxList = z.infer<typeof inboxListSchema>;

export const shownInboxEventSchema = linkedSchema
  .extend({ event: cloudEventMembers })
  .meta({ id: "ShownInboxEvent" });

export type ShownInboxEvent = z.infer<typeof shownInboxEventSchema>;

export function inboxRepresentation(event: InboxEvent): z.infer<typeof linkedSchema> {
  return { ...event, _links: { self: link(inboxEventHref(event.number)) } };
}
