// What every answer must be, whatever was asked: never a 5xx, a problem where it is a refusal, and nobody's internals.

import { expect } from "vitest";
import * as z from "zod";
import { type FuzzCase, routeOf } from "./fuzz-cases.ts";
import type { RawReply } from "./fuzz-send.ts";

const CODES: Readonly<Record<number, readonly string[]>> = {
  400: ["invalid-request"],
  // A page from elsewhere, by its Origin.
  403: ["forbidden"],
  404: ["account-not-found", "version-not-found", "not-found"],
  405: ["method-not-allowed"],
  409: ["account-already-exists", "account-closed", "already-in-state", "illegal-transition"],
  412: ["version-mismatch"],
  413: ["payload-too-large"],
  415: ["unsupported-media-type"],
  422: ["idempotency-key-reused"],
};

const partSchema = z.union([
  z.strictObject({ pointer: z.string().regex(/^(\/|$)/), detail: z.string().min(1) }),
  z.strictObject({ parameter: z.string(), detail: z.string().min(1) }),
  z.strictObject({ header: z.string(), detail: z.string().min(1) }),
]);

const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string(),
  instance: z.string().regex(/^[0-9a-f]{32}$/),
  errors: z.array(partSchema).min(1).optional(),
});

/** Files, frames, databases, libraries, classes: what an answer must not tell. (Cursors look like anything.) */
const INTERNALS =
  /\w\.(ts|js|mjs)\b|\n\s+at |node_modules|sqlite|SQLITE|D1_ERROR|Error:|TypeError|ZodError|hono\/|miniflare|workerd|wrangler|Durable|AccountObject|ACCOUNT_LOGS|"stack"/;

const API = /^\/(v1|health|openapi\.json|asyncapi\.json)(\/|$)/;

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/;

/** Where the API is not, there are the console's screens, of which the contract says nothing. */
export function isPage(asked: FuzzCase): boolean {
  return !API.test(routeOf(asked));
}

export function checkReply(asked: FuzzCase, { status, headers, text }: RawReply): void {
  expect(status, text).toBeLessThan(500);
  // A page names the files that it loads.
  if (!headers["content-type"]?.startsWith("text/html")) expect(text).not.toMatch(INTERNALS);
  if (asked.method === "HEAD" || status === 304) {
    expect(text).toBe("");
    return;
  }
  if (status < 400) {
    expect([200, 201, 202]).toContain(status);
    expect(headers["content-type"]).toMatch(isPage(asked) ? /^text\/html/ : /^application\/json$/);
    if (!isPage(asked)) JSON.parse(text);
    return;
  }
  expect(headers["content-type"]).toBe("application/problem+json");
  checkProblem(status, JSON.parse(text));
  const trace = TRACEPARENT.exec(asked.headers.traceparent ?? "")?.[1];
  if (trace !== undefined && !/^0+$/.test(trace)) expect(JSON.parse(text)).toMatchObject({ instance: trace });
  if (status === 405) {
    expect(headers.allow).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
    expect(headers.allow?.split(", ")).not.toContain(asked.method);
  }
}

/** A problem that is an answer, or stands in one. */
export function checkProblem(status: number, body: unknown): void {
  const problem = problemSchema.parse(body);
  expect(problem.status).toBe(status);
  expect(CODES[status], String(status)).toContain(problem.code);
  expect(problem.type).toBe(`/problems/${problem.code}`);
  if (status === 400) expect(problem.errors).toBeDefined();
}
