// How a Worker describes its part of the API: OpenAPI 3.1, from the schemas that its routes validate and answer with.

import * as z from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
  type ZodOpenApiRequestBodyObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import { anyProblemSchema } from "./problem-schemas.ts";
import { PROBLEMS, type ProblemCode } from "./problems.ts";

/** Raised when a client could not go on as it was; `/v1` goes with the first number. */
export const API_VERSION = "1.0.0";

/** Nobody in particular, as long as no one says who runs it. */
export const CONTACT = { name: "Whoever runs this service" };

export const BEARER = {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
  description: "A token of the configured issuer, with the scope that the operation names",
} as const;

const DESCRIPTION = `An event-sourced account service: commands append events to an account's log, queries read what
the events add up to. Representations carry HAL links.

Errors are problem details (RFC 9457), told apart by their \`code\`. A path that does not exist answers 404
\`not-found\`. New members, links, event types and problem codes may be added at any time: pass over those that you
don't know.`;

const TAGS = {
  Commands: "Ask for a change. What it changed is recorded as events.",
  Accounts: "Accounts as they are now, or were at a version or a time.",
  Events: "What happened: an account's log, and the feed of all accounts.",
  Subscriptions: "Events delivered to an address: webhooks.",
  Inbox: "What other services tell: their events, each handled once.",
  Operations: "How the service is, and what an operator can start.",
  Service: "The way in: the root, health and the documents.",
} as const;

type Tag = keyof typeof TAGS;

const SCOPES = {
  read: "`accounts:read`, or `accounts:self` for the caller's own accounts",
  write: "`accounts:write`, or `accounts:self` for the caller's own accounts",
  readAll: "`accounts:read`",
  inbox: "`inbox:write`; or none, where a Standard Webhooks signature says who sends",
  operate: "`accounts:operate`",
  any: "any",
} as const;

/** What every request under `/v1` may be answered with, whoever asks for whatever. */
const PROBLEMS_OF_ALL = [
  "unauthenticated",
  "forbidden",
  "method-not-allowed",
  "rate-limited",
  "unavailable",
  "authentication-not-configured",
] as const satisfies readonly ProblemCode[];

/** What every request with a body may be answered with. */
export const BODY_PROBLEMS = [
  "invalid-request",
  "payload-too-large",
  "unsupported-media-type",
] as const satisfies readonly ProblemCode[];

const header = (id: string, schema: z.ZodType<unknown>, description: string) =>
  schema.meta({ header: { id }, description });
const text = z.string();

export const HEADERS = {
  ETag: header("ETag", text, "The account's version in quotes"),
  "Served-From": header("ServedFrom", z.enum(["view", "log"]), "What answered: the view, or the log itself"),
  "Cache-Control": header("CacheControl", text, "Nothing may be kept, or only to be revalidated"),
};

export const LOCATION = header("Location", text, "Where what was made is found");
export const REPLAYED = header(
  "IdempotencyReplayed",
  z.literal("true").optional(),
  "Set where this is the first reply again and nothing was written",
);

const RETRY_AFTER = header("RetryAfter", z.string().optional(), "Seconds after which to try again");
const WWW_AUTHENTICATE = header("WWWAuthenticate", z.string().optional(), "What is wrong with the token");
const ALLOW = header("Allow", text, "The methods that the path takes");
const PROBLEM_HEADERS: Readonly<Record<number, z.ZodRawShape>> = {
  401: { "WWW-Authenticate": WWW_AUTHENTICATE },
  405: { Allow: ALLOW },
  403: { "WWW-Authenticate": WWW_AUTHENTICATE },
  429: { "Retry-After": RETRY_AFTER },
  503: { "Retry-After": RETRY_AFTER },
};

const traceparentSchema = z
  .string()
  .optional()
  .meta({
    param: { id: "Traceparent" },
    description: "W3C Trace Context. Its trace id becomes the correlation id of what the request causes",
    examples: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
  });

export interface Operation {
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string;
  readonly scope: keyof typeof SCOPES;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: ZodOpenApiRequestBodyObject;
  /** By status. */
  readonly answers: Readonly<Record<number, ZodOpenApiResponseObject>>;
  /** Beside those that any request may be answered with. */
  readonly problems: readonly ProblemCode[];
}

export function jsonBody(schema: z.ZodType, example: unknown): ZodOpenApiRequestBodyObject {
  return { required: true, content: { "application/json": { schema, example } } };
}

/** One that may be left out. */
export function optionalJsonBody(schema: z.ZodType, example: unknown): ZodOpenApiRequestBodyObject {
  return { ...jsonBody(schema, example), required: false };
}

/** A JSON answer. */
export function answer(
  description: string,
  schema: z.ZodType,
  headers: z.ZodRawShape = {},
): ZodOpenApiResponseObject {
  return { description, headers: z.object(headers), content: { "application/json": { schema } } };
}

/** The same, or followed live: server-sent events whose data is an item of the page, and whose id is its place. */
export function pageOrStream(
  description: string,
  schema: z.ZodType,
  headers: z.ZodRawShape,
): ZodOpenApiResponseObject {
  const page = answer(description, schema, headers);
  const stream = { schema: z.string().describe("Server-sent events without a name") };
  return { ...page, content: { ...page.content, "text/event-stream": stream } };
}

export function operation(described: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, scope, path, query, headers, body, answers, problems } = described;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\nScope: ${SCOPES[scope]}.`,
    security: [{ bearer: [] }],
    requestParams: {
      ...(path === undefined ? {} : { path }),
      ...(query === undefined ? {} : { query }),
      header: z.object({ ...headers?.shape, traceparent: traceparentSchema }),
    },
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...answers, ...problemResponses([...problems, ...PROBLEMS_OF_ALL]) },
  };
}

/** The codes of each status in one response: its description says which, its schema tells them apart. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join(". "),
        headers: z.object({ "Cache-Control": HEADERS["Cache-Control"], ...PROBLEM_HEADERS[status] }),
        content: { "application/problem+json": { schema: anyProblemSchema(some) } },
      },
    ]),
  );
}

/** A whole document of one part of the API. The edge joins the parts. */
export function describePart(paths: ZodOpenApiPathsObject): object {
  return createDocument(
    {
      openapi: "3.1.1",
      info: {
        title: "Tributary",
        version: API_VERSION,
        description: DESCRIPTION,
        contact: CONTACT,
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/", description: "Where this document came from" }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          bearer: BEARER,
        },
      },
      paths,
    },
    { override: leaveOpen },
  );
}

/** Whoever reads an answer is to pass over members that it does not know, so that adding one breaks nobody. */
export const leaveOpen: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};
