// What the processor Worker answers, described for its clients: the operations.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import {
  answer,
  BODY_PROBLEMS,
  describePart,
  HEADERS,
  LOCATION,
  operation,
  optionalJsonBody,
} from "../http/contract.ts";
import { FUNCTIONS_HREF, functionListSchema } from "./function-status.ts";
import { inboxPaths } from "./inbox-contract.ts";
import { MAP_HREF, mapFilterSchema, mapSchema } from "./map.ts";
import {
  differencesQuerySchema,
  operationsRootSchema,
  parkedQuerySchema,
  rebuildBodySchema,
  replayedSchema,
  verificationBodySchema,
  walksQuerySchema,
} from "./operations-schemas.ts";
import {
  keptMessageSchema,
  MESSAGES_HREF,
  PARKED_HREF,
  parkedListSchema,
  replayingSchema,
} from "./parking.ts";
import { STATUS_PATH, statusSchema } from "./status.ts";
import { subscriptionPaths } from "./subscriptions/contract.ts";
import {
  DIFFERENCES,
  differencesPageSchema,
  rebuildListSchema,
  rebuildSchema,
  verificationListSchema,
  verificationSchema,
  WALK_PATHS,
} from "./walk-representation.ts";

const headers = { "Cache-Control": HEADERS["Cache-Control"] };
const started = { ...headers, Location: LOCATION };
const walkPath = z.object({ id: z.string() });
const common = { tag: "Operations", scope: "operate" } as const;

export const contract = describePart({
  ...inboxPaths,
  ...subscriptionPaths,
  "/v1/operations": {
    get: operation({
      ...common,
      id: "getOperations",
      summary: "See what an operator can do",
      description: "Links to the operations.",
      answers: { 200: answer("The root of the operations", operationsRootSchema, headers) },
      problems: [],
    }),
  },
  [STATUS_PATH]: {
    get: operation({
      ...common,
      id: "getStatus",
      summary: "See how the service is",
      description: "How far the views are, how late, what waits, what is parked, and the last verification.",
      answers: { 200: answer("The status", statusSchema, headers) },
      problems: [],
    }),
  },
  [FUNCTIONS_HREF]: {
    get: operation({
      ...common,
      id: "listFunctions",
      summary: "See how each function is",
      description: "What it reacts to, how far it is, how late, what waits for it, and where it fails.",
      answers: { 200: answer("The functions", functionListSchema, headers) },
      problems: [],
    }),
  },
  [MAP_HREF]: {
    get: operation({
      ...common,
      id: "getMap",
      summary: "See what leads to what",
      description:
        "Commands to events, events to views and functions, functions to commands; with counts and lags.",
      query: mapFilterSchema,
      answers: { 200: answer("The map", mapSchema, headers) },
      problems: ["invalid-request", "not-found"],
    }),
  },
  [PARKED_HREF]: {
    get: operation({
      ...common,
      id: "listParked",
      summary: "List what is parked",
      description:
        "Accounts whose events can't be applied, functions that fail for an account, and messages that can't be read, newest first.",
      query: parkedQuerySchema,
      answers: { 200: answer("A page of what is parked", parkedListSchema, headers) },
      problems: ["invalid-request"],
    }),
  },
  [`${PARKED_HREF}/replay`]: {
    post: operation({
      ...common,
      id: "replayAllParked",
      summary: "Try everything that is parked again",
      description: "It goes on by itself; what fails again stays parked.",
      answers: { 202: answer("They are on their way", replayingSchema, headers) },
      problems: ["payload-too-large"],
    }),
  },
  [`${MESSAGES_HREF}/{id}`]: {
    get: operation({
      ...common,
      id: "getKeptMessage",
      summary: "Read a message that can't be read by the service",
      description: "Whole, as it came.",
      path: z.object({ id: z.string() }),
      answers: { 200: answer("The message", keptMessageSchema, headers) },
      problems: ["not-found"],
    }),
    delete: operation({
      ...common,
      id: "discardKeptMessage",
      summary: "Let go of such a message",
      description: "Once somebody has looked at it.",
      path: z.object({ id: z.string() }),
      answers: { 204: { description: "It is gone", headers: z.object(headers) } },
      problems: ["not-found"],
    }),
  },
  [`${PARKED_HREF}/{accountNumber}/replay`]: {
    post: operation({
      ...common,
      id: "replayParked",
      summary: "Try a parked account again",
      description: "At once: the answer says what it came to.",
      path: z.object({ accountNumber: accountNumberSchema }),
      answers: { 200: answer("What it came to", replayedSchema, headers) },
      problems: ["not-found", "payload-too-large"],
    }),
  },
  [WALK_PATHS.rebuild]: {
    get: operation({
      ...common,
      id: "listRebuilds",
      summary: "List the rebuilds",
      description: "Those that go on and those that are done, newest first.",
      query: walksQuerySchema,
      answers: { 200: answer("A page of rebuilds", rebuildListSchema, headers) },
      problems: ["invalid-request"],
    }),
    post: operation({
      ...common,
      id: "startRebuild",
      summary: "Make every view anew from the logs",
      description: "Starts it, or joins the one that goes on. Queries go on being answered.",
      body: optionalJsonBody(rebuildBodySchema, {}),
      answers: { 202: answer("It goes on by itself", rebuildSchema, started) },
      problems: BODY_PROBLEMS,
    }),
  },
  [`${WALK_PATHS.rebuild}/{id}`]: {
    get: operation({
      ...common,
      id: "getRebuild",
      summary: "See how far a rebuild is",
      description: "Its progress, and how much time is left.",
      path: walkPath,
      answers: { 200: answer("The rebuild", rebuildSchema, headers) },
      problems: ["not-found"],
    }),
  },
  [`${WALK_PATHS.rebuild}/{id}/${DIFFERENCES}`]: {
    get: operation({
      ...common,
      id: "listRebuildDifferences",
      summary: "See which accounts a rebuild had to park",
      description: "All of them, in pages, in order of account.",
      path: walkPath,
      query: differencesQuerySchema,
      answers: { 200: answer("A page of them", differencesPageSchema, headers) },
      problems: ["invalid-request", "not-found"],
    }),
  },
  [WALK_PATHS.verification]: {
    get: operation({
      ...common,
      id: "listVerifications",
      summary: "List the verifications",
      description: "Those that go on and those that are done, newest first.",
      query: walksQuerySchema,
      answers: { 200: answer("A page of verifications", verificationListSchema, headers) },
      problems: ["invalid-request"],
    }),
    post: operation({
      ...common,
      id: "startVerification",
      summary: "Compare every view with the logs",
      description: "Starts it, or joins the one that goes on. With `repair`, it mends what differs.",
      body: optionalJsonBody(verificationBodySchema, { repair: true }),
      answers: { 202: answer("It goes on by itself", verificationSchema, started) },
      problems: BODY_PROBLEMS,
    }),
  },
  [`${WALK_PATHS.verification}/{id}`]: {
    get: operation({
      ...common,
      id: "getVerification",
      summary: "See what a verification found",
      description: "Its progress, and the first of its differences.",
      path: walkPath,
      answers: { 200: answer("The verification", verificationSchema, headers) },
      problems: ["not-found"],
    }),
  },
  [`${WALK_PATHS.verification}/{id}/${DIFFERENCES}`]: {
    get: operation({
      ...common,
      id: "listVerificationDifferences",
      summary: "See every difference that a verification found",
      description: "All of them, in pages, in order of account.",
      path: walkPath,
      query: differencesQuerySchema,
      answers: { 200: answer("A page of differences", differencesPageSchema, headers) },
      problems: ["invalid-request", "not-found"],
    }),
  },
});
