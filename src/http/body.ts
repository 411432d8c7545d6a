// Reading a JSON body at the door: its size, its declared type, its syntax, its depth.

import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { HttpEnv } from "./app.ts";
import { ProblemError } from "./app.ts";
import { invalidRequest, type Problem, problemResponse } from "./problems.ts";

export const BODY_LIMIT_BYTES = 16 * 1024;
export const ARRAY_BODY_LIMIT_BYTES = 256 * 1024;
/** No command is deeper than an array of objects. */
const MAX_NESTING = 8;

export const JSON_TYPE = /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i;

/** A body is never longer than the length that it comes with; one that comes without is counted while it is read. */
export function limitBody(limitBytes: number): MiddlewareHandler<HttpEnv<object>> {
  const answerTooLarge = (context: Context<HttpEnv<object>>): Response =>
    problemResponse(tooLarge(limitBytes), context.get("traceId"));
  const limitUnannounced = bodyLimit({ maxSize: limitBytes, onError: answerTooLarge });
  return async (context, next) => {
    const length = announcedLength(context.req.raw);
    if (length === null) return limitUnannounced(context, next);
    return length > limitBytes ? answerTooLarge(context) : next();
  };
}

/** Null where no length is known before. */
function announcedLength({ headers }: Request): number | null {
  const length = headers.get("Content-Length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

/** The parsed body; undefined where it is empty. Throws a `ProblemError`. */
export async function readJson(request: Request): Promise<unknown> {
  // Most commands have none. Reading what is not there would be one more turn to wait for.
  if (announcedLength(request) === 0) return undefined;
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength === 0) return undefined;
  if (!JSON_TYPE.test(request.headers.get("Content-Type") ?? "")) {
    throw new ProblemError({
      code: "unsupported-media-type",
      detail: "Send the body as application/json",
    });
  }
  const value = parseJson(bytes, MAX_NESTING);
  if (!Array.isArray(value) && bytes.byteLength > BODY_LIMIT_BYTES) {
    throw new ProblemError(tooLarge(BODY_LIMIT_BYTES));
  }
  return value;
}

/** Throws a `ProblemError` where the bytes are no JSON, or are nested more than so many deep. */
export function parseJson(bytes: ArrayBuffer, maxNesting: number): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw malformed("The body is not UTF-8");
  }
  if (nesting(text) > maxNesting) throw malformed(`The body is nested more than ${maxNesting} deep`);
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("The body is not JSON");
  }
}

/**
 * Counted on the text, before anything recursive sees it. A string without an end is matched to the end of the text, so
 * that no text is read twice.
 */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[{\]}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth -= 1;
  }
  return deepest;
}

function malformed(detail: string): ProblemError {
  return new ProblemError(invalidRequest([{ pointer: "", detail }]));
}

export function tooLarge(limitBytes: number): Problem {
  return { code: "payload-too-large", detail: `At most ${limitBytes} bytes` };
}
