// What the query Worker answers, described for its clients.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { answer, describePart, HEADERS, operation, pageOrStream } from "../http/contract.ts";
import {
  accountRepresentationSchema,
  eventRepresentationSchema,
  feedItemSchema,
  legalCommandsSchema,
  pageSchema,
  statusTotalsSchema,
} from "../http/representations.ts";
import { accountQuerySchema } from "./account.ts";
import { accountsQuerySchema, userAccountsQuerySchema, userPathSchema } from "./account-lists.ts";
import { feedQuerySchema } from "./feed.ts";
import { eventPathSchema, logQuerySchema } from "./log.ts";
import { rootSchema } from "./root.ts";

const accountPath = z.object({ accountNumber: accountNumberSchema });
const { ETag, ...answerHeaders } = HEADERS;
const { "Cache-Control": cacheControl } = HEADERS;
const accountPageSchema = pageSchema(accountRepresentationSchema).meta({ id: "AccountPage" });

const ifNoneMatchSchema = z
  .string()
  .optional()
  .meta({ description: "Entity tags that the caller has; `*` is any", examples: ['"3"'] });

const lastEventIdSchema = z.object({
  "Last-Event-ID": z
    .string()
    .optional()
    .meta({ description: "Of a stream: the place that the caller has reached", examples: ["41"] }),
});

/** A state of the past has no entity tag, since its links change. */
const accountHeaders = { ...answerHeaders, ETag: ETag.optional() };

export const contract = describePart({
  "/v1": {
    get: operation({
      id: "getRoot",
      tag: "Service",
      summary: "Begin here",
      description: "Links to whatever can be reached.",
      scope: "any",
      answers: { 200: answer("The root of the API", rootSchema, { "Cache-Control": cacheControl }) },
      problems: ["invalid-request"],
    }),
  },
  "/v1/accounts": {
    get: operation({
      id: "listAccounts",
      tag: "Accounts",
      summary: "List accounts",
      description:
        "Newest first, an order that later changes never disturb. `next` leads to the next page. Under a filter, a page may be short, or empty, and have a next one.",
      scope: "read",
      query: accountsQuerySchema,
      answers: { 200: answer("A page of accounts", accountPageSchema, answerHeaders) },
      problems: ["invalid-request"],
    }),
  },
  "/v1/accounts/{accountNumber}": {
    get: operation({
      id: "getAccount",
      tag: "Accounts",
      summary: "Read an account",
      description:
        "As it is now, never older than `minVersion`, or as it was at a `version` or a time (`at`, epoch milliseconds, inclusive): one of the three at most. A state of the past has no entity tag; it links the account as it is now.",
      scope: "read",
      path: accountPath,
      query: accountQuerySchema,
      headers: z.object({ "If-None-Match": ifNoneMatchSchema }),
      answers: {
        200: answer("The account", accountRepresentationSchema, accountHeaders),
        304: { description: "The caller has this version", headers: z.object(HEADERS) },
      },
      problems: ["invalid-request", "account-not-found", "version-not-found"],
    }),
  },
  "/v1/accounts/{accountNumber}/events": {
    get: operation({
      id: "listEvents",
      tag: "Events",
      summary: "Read an account's log",
      description:
        "In order of version, straight from the owner of the log. With `Accept: text/event-stream`, first what is there after `Last-Event-ID` or `after`, then each event as it comes (without `limit`). A stream ends when its token does, and goes on with another one after `Last-Event-ID`.",
      scope: "read",
      path: accountPath,
      query: logQuerySchema,
      headers: lastEventIdSchema,
      answers: {
        200: pageOrStream(
          "A page of events",
          pageSchema(eventRepresentationSchema).meta({ id: "EventPage" }),
          answerHeaders,
        ),
      },
      problems: ["invalid-request", "account-not-found"],
    }),
  },
  "/v1/accounts/{accountNumber}/events/{version}": {
    get: operation({
      id: "getEvent",
      tag: "Events",
      summary: "Read one event",
      description: "An event never changes.",
      scope: "read",
      path: eventPathSchema,
      answers: { 200: answer("The event", eventRepresentationSchema, answerHeaders) },
      problems: ["invalid-request", "account-not-found", "version-not-found"],
    }),
  },
  "/v1/accounts/{accountNumber}/commands": {
    get: operation({
      id: "listLegalCommands",
      tag: "Accounts",
      summary: "See which commands are legal now",
      description: "As links to send them to.",
      scope: "read",
      path: accountPath,
      answers: { 200: answer("The commands that are legal now", legalCommandsSchema, answerHeaders) },
      problems: ["invalid-request", "account-not-found"],
    }),
  },
  "/v1/users/{userId}/accounts": {
    get: operation({
      id: "listUserAccounts",
      tag: "Accounts",
      summary: "List a user's accounts",
      description: "Newest first; empty for a user without any.",
      scope: "read",
      path: userPathSchema,
      query: userAccountsQuerySchema,
      answers: { 200: answer("A page of accounts", accountPageSchema, answerHeaders) },
      problems: ["invalid-request"],
    }),
  },
  "/v1/status-totals": {
    get: operation({
      id: "getStatusTotals",
      tag: "Accounts",
      summary: "Count the accounts of each status",
      description: "Zeros too. A caller that sees its own accounts alone is refused.",
      scope: "readAll",
      answers: { 200: answer("The totals", statusTotalsSchema, answerHeaders) },
      problems: ["invalid-request"],
    }),
  },
  "/v1/feed": {
    get: operation({
      id: "readFeed",
      tag: "Events",
      summary: "Follow all accounts' events",
      description:
        "In one total order, at positions 1, 2, 3 … without gaps. A page that asks for certain `types` may have fewer items than its limit, or none, and a `next` all the same. With `Accept: text/event-stream`, first what is there after `Last-Event-ID` or `after`, then each event as it comes (without `limit`). A stream ends when its token does, and goes on with another one after `Last-Event-ID`.",
      scope: "read",
      query: feedQuerySchema,
      headers: lastEventIdSchema,
      answers: {
        200: pageOrStream(
          "A page of the feed",
          pageSchema(feedItemSchema).meta({ id: "FeedPage" }),
          answerHeaders,
        ),
      },
      problems: ["invalid-request"],
    }),
  },
});
