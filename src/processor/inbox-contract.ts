// The inbox, described for those who send to it and those who look after it.

import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import { answer, BODY_PROBLEMS, HEADERS, operation } from "../http/contract.ts";
import { cloudEventMembers, MAX_EVENTS_PER_BATCH } from "./cloud-events.ts";
import { INBOX_HREF } from "./inbox-href.ts";
import {
  inboxListSchema,
  inboxQuerySchema,
  inboxStoredSchema,
  shownInboxEventSchema,
} from "./inbox-representation.ts";
import { replayingSchema } from "./parking.ts";

const headers = { "Cache-Control": HEADERS["Cache-Control"] };
const numberPath = z.object({ number: z.int().positive() });
const event = {
  specversion: "1.0",
  id: "1",
  source: "/users",
  type: "user.created",
  subject: "1",
  time: "2026-11-24T12:00:00Z",
};

const attribute = z.string().optional();
const requestHeaders = z.object({
  "ce-specversion": attribute.meta({
    description: "In the binary mode: an attribute of the event. Others are sent alike",
  }),
  "ce-id": attribute,
  "ce-source": attribute,
  "ce-type": attribute,
  "webhook-id": attribute.meta({ description: "Of a signature by Standard Webhooks" }),
  "webhook-timestamp": attribute,
  "webhook-signature": attribute,
});

const operate = { tag: "Inbox", scope: "operate" } as const;

export const inboxPaths: ZodOpenApiPathsObject = {
  [INBOX_HREF]: {
    post: operation({
      id: "receiveEvents",
      tag: "Inbox",
      scope: "inbox",
      summary: "Tell of what happened elsewhere",
      description:
        "CloudEvents 1.0 in the structured, batch and binary modes. What is stored is handled afterwards; one `source` and `id` is handled once, however often it comes.",
      headers: requestHeaders,
      body: {
        required: true,
        content: {
          "application/cloudevents+json": { schema: cloudEventMembers, example: event },
          "application/cloudevents-batch+json": {
            schema: z.array(cloudEventMembers).max(MAX_EVENTS_PER_BATCH),
            example: [event],
          },
          "*/*": { schema: z.unknown().describe("The data of an event whose attributes are headers") },
        },
      },
      answers: { 202: answer("All are stored", inboxStoredSchema, headers) },
      problems: BODY_PROBLEMS,
    }),
    get: operation({
      ...operate,
      id: "listInbox",
      summary: "List what came in",
      description: "The newest events, and what became of each.",
      query: inboxQuerySchema,
      answers: { 200: answer("The events", inboxListSchema, headers) },
      problems: ["invalid-request"],
    }),
  },
  [`${INBOX_HREF}/replay`]: {
    post: operation({
      ...operate,
      id: "replayInbox",
      summary: "Handle everything that is parked again",
      description: "It goes on by itself; what fails again and again is parked again.",
      answers: { 202: answer("They are on their way", replayingSchema, headers) },
      problems: ["payload-too-large"],
    }),
  },
  [`${INBOX_HREF}/{number}`]: {
    get: operation({
      ...operate,
      id: "getInboxEvent",
      summary: "Read an event that came in",
      description: "Whole, and what became of it.",
      path: numberPath,
      answers: { 200: answer("The event", shownInboxEventSchema, headers) },
      problems: ["not-found"],
    }),
  },
  [`${INBOX_HREF}/{number}/replay`]: {
    post: operation({
      ...operate,
      id: "replayInboxEvent",
      summary: "Handle an event again",
      description: "One that is parked, or was ignored because its type was not known then.",
      path: numberPath,
      answers: { 202: answer("It is on its way", replayingSchema, headers) },
      problems: ["not-found", "payload-too-large"],
    }),
  },
};
