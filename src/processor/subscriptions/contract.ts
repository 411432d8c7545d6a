// The subscriptions, described for whoever wants to be told of events.

import * as z from "zod";
import type { ZodOpenApiPathsObject } from "zod-openapi";
import {
  answer,
  BODY_PROBLEMS,
  HEADERS,
  jsonBody,
  LOCATION,
  operation,
  optionalJsonBody,
} from "../../http/contract.ts";
import { replayingSchema } from "../parking.ts";
import {
  createdSubscriptionSchema,
  newSubscriptionSchema,
  parkedAccountListSchema,
  secretSchema,
  subscriptionListSchema,
  subscriptionSchema,
} from "./representations.ts";

const PATH = "/v1/subscriptions";
const headers = { "Cache-Control": HEADERS["Cache-Control"] };
const idPath = z.object({ id: z.string() });
const common = { tag: "Subscriptions", scope: "operate" } as const;
const nothing = optionalJsonBody(z.strictObject({}), {});

export const subscriptionPaths: ZodOpenApiPathsObject = {
  [PATH]: {
    get: operation({
      ...common,
      id: "listSubscriptions",
      summary: "List subscriptions",
      description: "And how each is doing.",
      answers: { 200: answer("All of them, the oldest first", subscriptionListSchema, headers) },
      problems: [],
    }),
    post: operation({
      ...common,
      id: "subscribe",
      summary: "Have events delivered",
      description:
        "To an address of https, as CloudEvents 1.0, signed by Standard Webhooks, at least once, an account's events in order.",
      body: jsonBody(newSubscriptionSchema(false).meta({ id: "NewSubscription" }), {
        url: "https://orders.example/events",
        types: ["ACCOUNT_SUSPENDED", "ACCOUNT_CLOSED"],
      }),
      answers: {
        201: answer("The subscription, with its secret", createdSubscriptionSchema, {
          ...headers,
          Location: LOCATION,
        }),
      },
      problems: [...BODY_PROBLEMS, "too-many-subscriptions"],
    }),
  },
  [`${PATH}/{id}`]: {
    get: operation({
      ...common,
      id: "getSubscription",
      summary: "See how a subscription is doing",
      description: "How far it is, its last delivery and failure, what waits.",
      path: idPath,
      answers: { 200: answer("The subscription", subscriptionSchema, headers) },
      problems: ["not-found"],
    }),
    delete: operation({
      ...common,
      id: "unsubscribe",
      summary: "End a subscription",
      description: "With all that waits for it.",
      path: idPath,
      answers: { 204: { description: "It is gone", headers: z.object(headers) } },
      problems: ["not-found"],
    }),
  },
  [`${PATH}/{id}/secret`]: {
    post: operation({
      ...common,
      id: "rotateSubscriptionSecret",
      summary: "Change a subscription's secret",
      description:
        "The old one goes on signing beside the new one for a day, with those before it that sign still: ten sign at most.",
      path: idPath,
      body: nothing,
      answers: { 200: answer("The new secret, shown this once", secretSchema, headers) },
      problems: [...BODY_PROBLEMS, "not-found"],
    }),
  },
  [`${PATH}/{id}/parked`]: {
    get: operation({
      ...common,
      id: "listSubscriptionParked",
      summary: "List what could not be delivered",
      description: "Accounts whose events were refused for days.",
      path: idPath,
      answers: { 200: answer("What is parked", parkedAccountListSchema, headers) },
      problems: ["not-found"],
    }),
  },
  [`${PATH}/{id}/parked/replay`]: {
    post: operation({
      ...common,
      id: "replaySubscription",
      summary: "Deliver all that is parked again",
      description: "Also wakes a subscription that rests, or is parked as a whole.",
      path: idPath,
      body: nothing,
      answers: { 202: answer("They are on their way", replayingSchema, headers) },
      problems: [...BODY_PROBLEMS, "not-found", "subscription-gone"],
    }),
  },
  [`${PATH}/{id}/parked/{accountNumber}/replay`]: {
    post: operation({
      ...common,
      id: "replaySubscriptionAccount",
      summary: "Deliver a parked account's events again",
      description: "In order. Also wakes a subscription that rests, or is parked as a whole.",
      path: z.object({ id: z.string(), accountNumber: z.string() }),
      body: nothing,
      answers: { 202: answer("They are on their way", replayingSchema, headers) },
      problems: [...BODY_PROBLEMS, "not-found", "subscription-gone"],
    }),
  },
};
