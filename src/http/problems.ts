// Problem details (RFC 9457): every code that a client can get, with its status. HTTP statuses of errors live here alone.

import type { Refusal } from "../account/refusals.ts";
import { jsonAnswer } from "./answers.ts";

export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "The request has no valid token" },
  forbidden: { status: 403, title: "The token does not allow this" },
  "account-not-found": { status: 404, title: "There is no such account" },
  "version-not-found": { status: 404, title: "The account has no such version" },
  "not-found": { status: 404, title: "There is nothing at this address" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "account-already-exists": { status: 409, title: "The account number is taken" },
  "account-closed": { status: 409, title: "The account is closed" },
  "already-in-state": { status: 409, title: "The command would change nothing" },
  "illegal-transition": { status: 409, title: "The command is not legal now" },
  "too-many-subscriptions": { status: 409, title: "There are as many subscriptions as there may be" },
  "subscription-gone": { status: 409, title: "The subscription has ended" },
  "version-mismatch": { status: 412, title: "The account is at another version" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body is of a type that is not taken here" },
  "idempotency-key-reused": { status: 422, title: "The idempotency key belongs to another request" },
  "unknown-user": { status: 422, title: "There is no such user" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "authentication-not-configured": { status: 503, title: "Nobody can sign in here yet" },
  unavailable: { status: 503, title: "The service can't answer right now" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** Where in a request something is wrong: a JSON pointer into the body, a parameter of the URL, or a header. */
export type InvalidPart =
  | { readonly pointer: string; readonly detail: string }
  | { readonly parameter: string; readonly detail: string }
  | { readonly header: string; readonly detail: string };

/** A problem as a value, before it is an answer. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Members beside the standard ones, and `errors` for a 400. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that was turned away may come back after so many seconds. */
const RETRY_AFTER_SECONDS = 1;
/** As long as the period of the rate limits in the wrangler.toml files. */
const RATE_LIMIT_PERIOD_SECONDS = 10;

export function invalidRequest(errors: readonly InvalidPart[]): Problem {
  return { code: "invalid-request", detail: errors[0]?.detail ?? "Malformed", members: { errors } };
}

export function methodNotAllowed(methods: readonly string[]): Problem {
  const allow = methods.join(", ");
  return { code: "method-not-allowed", detail: `Allowed here: ${allow}`, headers: { Allow: allow } };
}

/** `reason` says what is wrong with the token that came, null is none. The challenge is RFC 6750's, section 3. */
export function unauthenticated(reason: string | null): Problem {
  return {
    code: "unauthenticated",
    detail: reason ?? "Send a token: Authorization: Bearer …",
    headers: { "WWW-Authenticate": reason === null ? CHALLENGE : `${CHALLENGE}, error="invalid_token"` },
  };
}

/** `scopes`: one of these would have been enough. */
export function forbidden(detail: string, scopes: readonly string[]): Problem {
  const scope = scopes.length === 0 ? "" : `, scope="${scopes.join(" ")}"`;
  return {
    code: "forbidden",
    detail,
    headers: { "WWW-Authenticate": `${CHALLENGE}, error="insufficient_scope"${scope}` },
  };
}

const CHALLENGE = 'Bearer realm="tributary"';

export const RATE_LIMITED: Problem = {
  code: "rate-limited",
  detail: "Send fewer requests",
  headers: { "Retry-After": String(RATE_LIMIT_PERIOD_SECONDS) },
};

export const AUTHENTICATION_NOT_CONFIGURED: Problem = {
  code: "authentication-not-configured",
  detail: "Whoever runs this has to set AUTH_ISSUER and AUTH_AUDIENCE",
};

export const UNAVAILABLE: Problem = {
  code: "unavailable",
  detail:
    "Try again. A command may or may not have been applied; with its Idempotency-Key, repeating it is safe.",
  headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
};

export function refusalProblem(refusal: Refusal): Problem {
  const { code, ...members } = refusal;
  return { code, detail: refusalDetail(refusal), members };
}

function refusalDetail(refusal: Refusal): string {
  switch (refusal.code) {
    case "account-not-found":
      return "No account has this number";
    case "account-already-exists":
      return "An account of this number exists";
    case "version-mismatch":
      return `The account is at version ${refusal.currentVersion}`;
    case "account-closed":
      return "A closed account takes no commands";
    case "already-in-state":
      return `The account is already so (${refusal.accountStatus})`;
    case "illegal-transition":
      return `From ${refusal.accountStatus} these are legal: ${refusal.legalCommands.join(", ") || "none"}`;
    default:
      return refusal satisfies never;
  }
}

export function problemStatus({ code }: Problem): number {
  return PROBLEMS[code].status;
}

/** `traceId` stands in `instance`, so that a caller's report leads to the request. */
export function problemBody({ code, detail, members }: Problem, traceId: string): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  return { type: `/problems/${code}`, title, status, detail, code, instance: traceId, ...members };
}

export function problemResponse(problem: Problem, traceId: string): Response {
  return jsonAnswer(problemBody(problem, traceId), problemStatus(problem), {
    "Content-Type": "application/problem+json",
    ...problem.headers,
  });
}
