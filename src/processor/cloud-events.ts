// CloudEvents 1.0 as they come over HTTP: in one JSON body, in headers beside the data, or many in one body.

import * as z from "zod";
import { ProblemError } from "../http/app.ts";
import { BODY_LIMIT_BYTES, JSON_TYPE, parseJson, tooLarge } from "../http/body.ts";
import { invalidMembers, MAX_INVALID_PARTS, pointerOf } from "../http/invalid-parts.ts";
import { type InvalidPart, invalidRequest } from "../http/problems.ts";

export const MAX_EVENTS_PER_BATCH = 100;
/** Long for a name or an address, short enough to be listed and indexed. */
const MAX_ATTRIBUTE_LENGTH = 1_024;
/** What other services tell is of any shape; still it is parsed by something recursive. */
const MAX_NESTING = 64;
const MAX_INT32 = 2 ** 31 - 1;

// The type system of CloudEvents, section 2 of the specification: no control characters, no lone surrogates.
const textSchema = z
  .string()
  .min(1)
  .max(MAX_ATTRIBUTE_LENGTH)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "Text without control characters")
  // The same for those who read patterns without Unicode's properties. (A lone surrogate is no JSON.)
  .meta({ override: { pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" } });

const uriSchema = z
  .string()
  .max(MAX_ATTRIBUTE_LENGTH)
  .regex(/^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/, "A URI (RFC 3986)");

export const cloudEventMembers = z
  .object({
    specversion: z.literal("1.0", "1.0 is the version that is read here"),
    id: textSchema,
    source: uriSchema,
    type: textSchema,
    subject: textSchema.optional(),
    time: z.iso.datetime({ offset: true, error: "A time (RFC 3339)" }).optional(),
    datacontenttype: textSchema.optional(),
    dataschema: uriSchema.optional(),
    data: z.unknown().optional(),
    data_base64: z.base64().optional(),
  })
  // Extensions.
  .catchall(
    z.union([
      textSchema,
      z.boolean(),
      z
        .int()
        .min(-MAX_INT32 - 1)
        .max(MAX_INT32),
    ]),
  )
  .superRefine((event, { addIssue }) => {
    for (const name of Object.keys(event)) {
      if (/^[a-z0-9]+$/.test(name) || name === "data_base64") continue;
      addIssue({ code: "custom", path: [name], message: "A name has small letters and digits alone" });
    }
    if (event.data !== undefined && event.data_base64 !== undefined) {
      addIssue({ code: "custom", path: ["data_base64"], message: "Beside data there is none" });
    }
  });

const cloudEventSchema = z.preprocess(withoutUnset, cloudEventMembers);

export type CloudEvent = Readonly<z.output<typeof cloudEventSchema>>;

/** An attribute that is null is not there (JSON format, section 2.2); data may be null. */
function withoutUnset(event: unknown): unknown {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return event;
  return Object.fromEntries(
    Object.entries(event).filter(([name, value]) => value !== null || name === "data"),
  );
}

/** What came in one request. */
export interface ReceivedEvents {
  readonly events: readonly CloudEvent[];
  /** Where in the request a member of one of them stands. */
  readonly locate: (index: number, { path, detail }: Finding) => InvalidPart;
}

/** Something wrong in an event: its member, and what. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Throws a `ProblemError`. */
export function readCloudEvents(headers: Headers, body: ArrayBuffer): ReceivedEvents {
  const contentType = headers.get("Content-Type") ?? "";
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase();
  if (mediaType === "application/cloudevents-batch+json") return readBatch(body);
  if (body.byteLength > BODY_LIMIT_BYTES) throw new ProblemError(tooLarge(BODY_LIMIT_BYTES));
  if (mediaType === "application/cloudevents+json") return readStructured(body);
  const isBinary = [...headers.keys()].some((name) => name.startsWith(HEADER_PREFIX));
  if (isBinary && !mediaType?.startsWith("application/cloudevents")) return readBinary(headers, body);
  throw new ProblemError({
    code: "unsupported-media-type",
    detail:
      "Send application/cloudevents+json, application/cloudevents-batch+json, or attributes as ce- headers",
  });
}

function readBatch(body: ArrayBuffer): ReceivedEvents {
  const parsed = z.array(cloudEventSchema).max(MAX_EVENTS_PER_BATCH).safeParse(parseJson(body, MAX_NESTING));
  if (!parsed.success) throw new ProblemError(invalidRequest(invalidMembers(parsed.error)));
  return {
    events: parsed.data,
    locate: (index, { path, detail }) => ({ pointer: pointerOf([index, ...path]), detail }),
  };
}

function readStructured(body: ArrayBuffer): ReceivedEvents {
  const parsed = cloudEventSchema.safeParse(parseJson(body, MAX_NESTING));
  if (!parsed.success) throw new ProblemError(invalidRequest(invalidMembers(parsed.error)));
  return { events: [parsed.data], locate: (_, { path, detail }) => ({ pointer: pointerOf(path), detail }) };
}

const HEADER_PREFIX = "ce-";
const CONTENT_TYPE = "Content-Type";
/** Members of the JSON format that are no attribute headers: the content type and the body say them. */
const NO_HEADERS: readonly string[] = ["data", "data_base64", "datacontenttype"];

function readBinary(headers: Headers, body: ArrayBuffer): ReceivedEvents {
  const attributes: Record<string, string> = {};
  for (const [header, value] of headers) {
    if (!header.startsWith(HEADER_PREFIX)) continue;
    const name = header.slice(HEADER_PREFIX.length);
    if (NO_HEADERS.includes(name)) {
      throw new ProblemError(invalidRequest([{ header, detail: "Not an attribute header" }]));
    }
    attributes[name] = decodeHeader(name, value);
  }
  const contentType = headers.get(CONTENT_TYPE);
  const parsed = cloudEventSchema.safeParse({
    ...attributes,
    ...(contentType === null ? {} : { datacontenttype: contentType }),
    ...dataIn(contentType, body),
  });
  if (!parsed.success) {
    throw invalidHeaders(parsed.error.issues.map(({ path, message }) => ({ path, detail: message })));
  }
  return { events: [parsed.data], locate: (_, finding) => binaryPart(finding) };
}

/** JSON is data as it stands; whatever else there may be is kept byte for byte. */
function dataIn(contentType: string | null, body: ArrayBuffer): { data?: unknown; data_base64?: string } {
  if (body.byteLength === 0) return {};
  if (JSON_TYPE.test(contentType ?? "")) return { data: parseJson(body, MAX_NESTING) };
  return { data_base64: btoa(String.fromCharCode(...new Uint8Array(body))) };
}

/** HTTP binding of CloudEvents, section 3.1.3.2: what is no printable ASCII travels percent-encoded. */
function decodeHeader(name: string, value: string): string {
  const unquoted = /^".*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value;
  try {
    return unquoted.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
  } catch {
    throw invalidHeaders([{ path: [name], detail: "Percent-encoded UTF-8" }]);
  }
}

function invalidHeaders(findings: readonly Finding[]): ProblemError {
  return new ProblemError(invalidRequest(findings.slice(0, MAX_INVALID_PARTS).map(binaryPart)));
}

function binaryPart({ path: [name = "", ...rest], detail }: Finding): InvalidPart {
  if (name === "data") return { pointer: pointerOf(rest), detail };
  return { header: name === "datacontenttype" ? CONTENT_TYPE : HEADER_PREFIX + String(name), detail };
}
