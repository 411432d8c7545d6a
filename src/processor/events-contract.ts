// The events, described for whoever listens: AsyncAPI 3, from the schemas that the events are read and written with.

import * as z from "zod";
import { createSchema } from "zod-openapi";
import { EVENT_DATA } from "../account/events.ts";
import { API_VERSION, BEARER, CONTACT, leaveOpen } from "../http/contract.ts";
import { eventRepresentationSchema } from "../http/representations.ts";

const types = Object.entries(EVENT_DATA);

const reference = (to: string) => ({ $ref: `#/${to}` });

/** Schemas that several messages share are named once. */
const schemas: Record<string, unknown> = {};

function payloadOf(event: z.ZodType): unknown {
  const { schema, components } = createSchema(event, {
    schemaRefPath: "#/components/schemas/",
    opts: { override: leaveOpen },
  });
  Object.assign(schemas, components);
  return schema;
}

function message(type: string, data: z.ZodType) {
  const { shape } = eventRepresentationSchema;
  const payload = z.object({
    ...shape,
    type: z.literal(type),
    data,
    position: z.int().positive().describe("Its place in the feed: 1, 2, 3 … without gaps"),
  });
  return {
    name: type,
    title: type,
    summary: `An account's event of the type ${type}`,
    contentType: "application/json",
    correlationId: reference("components/correlationIds/trace"),
    payload: payloadOf(payload),
  };
}

const messages = Object.fromEntries(types.map(([type, data]) => [type, message(type, data)]));

export const eventsContract = {
  asyncapi: "3.1.0",
  info: {
    title: "Tributary's events",
    version: API_VERSION,
    description:
      "Every account's events in one total order. An event is recorded once and never changes; its type may be one that is not named here.",
    contact: CONTACT,
    license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
    tags: [{ name: "Events", description: "What happened to accounts" }],
  },
  defaultContentType: "application/json",
  servers: {
    service: {
      host: "{host}",
      protocol: "https",
      description: "Where this document came from",
      variables: { host: { default: "localhost:8787" } },
    },
  },
  channels: {
    feed: {
      address: "/v1/feed",
      title: "The feed",
      description:
        "Read in pages, each beginning after a position. How: see the OpenAPI document, at `/openapi.json`.",
      messages: Object.fromEntries(types.map(([type]) => [type, reference(`components/messages/${type}`)])),
    },
  },
  operations: {
    publishEvents: {
      action: "send",
      title: "Events of accounts",
      summary: "Gives each event of each account, in the order of the feed",
      description: "At `/v1/feed`, after the position that a listener has reached.",
      channel: reference("channels/feed"),
      security: [reference("components/securitySchemes/bearer")],
      messages: types.map(([type]) => reference(`channels/feed/messages/${type}`)),
    },
  },
  components: {
    messages,
    schemas,
    securitySchemes: { bearer: BEARER },
    correlationIds: {
      trace: {
        description: "The trace id of the request that the event came from",
        location: "$message.payload#/metadata/correlationId",
      },
    },
  },
};
