// Requests for the fuzzer: a good one for each route, and then what a careless or hostile client makes of it.

import fc from "fast-check";
import { ACCOUNT_STATUSES } from "../../src/account/account.ts";
import { TRANSITION_NAMES } from "../../src/account/commands.ts";
import { ODD_BODIES, ODD_HEADERS, ODD_QUERY_VALUES, ODD_SEGMENTS, utf8 } from "./fuzz-oddities.ts";

/** A request as it goes over the wire. `body` is bytes, each a character (Latin-1). */
export interface FuzzCase {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Sent in chunks, so that no header says how long the body is. */
  readonly chunked: boolean;
  /** The account that it is about, as far as it is about one. */
  readonly target: string;
}

/** There from the start, or taken by nobody until a case creates it. */
export const TARGETS: readonly string[] = Array.from({ length: 24 }, (_, index) => `F-${index}`);

interface Draft {
  readonly method: string;
  readonly segments: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly chunked: boolean;
  readonly target: string;
}

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "PROPFIND",
  "REPORT",
  "PURGE",
] as const;
const JSON_TYPE = { "Content-Type": "application/json" };
const QUERY_NAMES = [
  "limit",
  "after",
  "cursor",
  "userId",
  "status",
  "defaultAccount",
  "types",
  "minVersion",
  "version",
  "at",
  "colour",
  "",
  "__proto__",
  "constructor",
  "limit%00",
  "%FF",
  "limit[]",
] as const;

const target = fc.constantFrom(...TARGETS);
/** Few, so that they are used again for something else. */
const key = fc.integer({ min: 1, max: 4 }).map((number) => `key-${number}`);
const version = fc.integer({ min: 1, max: 12 }).map(String);

/** A member's value: often of the right kind, often not. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    0,
    -1,
    1,
    1.5,
    2 ** 53,
    1e308,
    "",
    "1",
    true,
    null,
    [],
    {},
    "F-1",
    "../F-1",
    "F-1\u0000",
    "\ud800",
    "é".repeat(40),
  ),
  fc.string({ unit: "binary", maxLength: 600 }),
);
const memberName = fc.oneof(
  fc.constantFrom(
    "userId",
    "accountNumber",
    "defaultAccount",
    "reason",
    "command",
    "idempotencyKey",
    "expectedVersion",
    "repair",
    "status",
    "version",
    "__proto__",
    "constructor",
    "toString",
    "",
    "/",
    "~",
  ),
  fc.string({ maxLength: 5 }),
);

const createBody = fc.record(
  { userId: fc.integer({ min: 1, max: 5 }), accountNumber: target, defaultAccount: fc.boolean() },
  { requiredKeys: ["userId", "accountNumber"] },
);
const reasonBody = fc.record(
  { reason: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }) },
  { requiredKeys: [] },
);
/** A closed account takes no further part, so closing is to be rare. */
const command = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...TRANSITION_NAMES.filter((name) => name !== "close")) },
  { weight: 1, arbitrary: fc.constant("close" as const) },
);
const member = fc.oneof(
  createBody.map((body): object => ({ command: "create", ...body })),
  fc.record(
    { command, accountNumber: target, idempotencyKey: key, expectedVersion: fc.integer({ min: 1, max: 12 }) },
    { requiredKeys: ["command", "accountNumber"] },
  ),
);
const broken = fc.oneof(
  fc.tuple(member, memberName, anyValue).map(([good, name, value]): unknown => withMember(good, name, value)),
  anyValue,
);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 2, arbitrary: createBody.map((body) => post(["accounts"], body, body.accountNumber)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(target, command, fc.option(reasonBody, { nil: undefined }), fc.option(key))
      .map(([number, name, body, sentKey]) => {
        const taken = ["suspend", "archive", "close"].includes(name) ? body : undefined;
        const good = post(["accounts", number, "commands", name], taken, number);
        return sentKey === null ? good : withHeader(good, "Idempotency-Key", sentKey);
      }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.array(fc.oneof({ weight: 2, arbitrary: member }, { weight: 1, arbitrary: broken }), {
          maxLength: 6,
        }),
        target,
      )
      .map(([members, number]) => post(["commands"], members, number)),
  },
  { weight: 1, arbitrary: fc.tuple(member, target).map(([one, number]) => post(["commands"], one, number)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        target,
        fc.constantFrom<readonly string[]>([], ["events"], ["commands"], ["events", "1"], ["events", "7"]),
        fc.option(fc.tuple(fc.constantFrom("minVersion", "version", "at", "after", "limit"), version), {
          nil: null,
        }),
      )
      .map(([number, rest, query]) =>
        get(["accounts", number, ...rest], query === null ? [] : [query], number),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(target, fc.constantFrom("*", '"1"', 'W/"2"'))
      .map(([number, tags]) => withHeader(get(["accounts", number], [], number), "If-None-Match", tags)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom<readonly string[]>(
          ["accounts"],
          ["users", "1", "accounts"],
          ["users", "99", "accounts"],
        ),
        fc.option(
          fc.tuple(
            fc.constantFrom("status", "limit", "userId"),
            fc.constantFrom(...ACCOUNT_STATUSES, "1", "200"),
          ),
        ),
      )
      .map(([segments, query]) => get(segments, query === null ? [] : [query], "F-0")),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<readonly string[]>(
        [],
        ["status-totals"],
        ["feed"],
        ["operations"],
        ["operations", "status"],
        ["operations", "parked"],
        ["operations", "rebuilds", "none"],
        ["operations", "verifications", "none"],
        ["operations", "nowhere"],
        ["operations", "rebuilds"],
        ["nowhere"],
        ["accounts", "F-1", "nowhere"],
        ["users"],
        ["users", "1"],
      )
      .map((segments) => get(segments, [], "F-1")),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom<readonly string[]>(
          ["operations", "rebuilds"],
          ["operations", "verifications"],
          ["operations", "parked", "replay"],
          ["operations", "parked", "F-1", "replay"],
          ["operations", "parked", "none", "replay"],
        ),
        fc.constantFrom<unknown>(undefined, {}, { repair: true }),
      )
      .map(([segments, body]) => post(segments, body, "F-1")),
  },
);

type Change = (draft: Draft) => Draft;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...METHODS).map(
    (method): Change =>
      (given) => ({ ...given, method }),
  ),
  fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(...ODD_SEGMENTS)).map(
    ([at, segment]): Change =>
      (given) => ({ ...given, segments: replaced(given.segments, at, segment) }),
  ),
  fc.constantFrom(...ODD_SEGMENTS, "accounts", "commands", "confirm").map(
    (segment): Change =>
      (given) => ({ ...given, segments: [...given.segments, segment] }),
  ),
  fc.tuple(fc.constantFrom(...QUERY_NAMES), fc.constantFrom(...ODD_QUERY_VALUES)).map(
    (pair): Change =>
      (given) => ({ ...given, query: [...given.query, pair] }),
  ),
  fc.jsonValue({ maxDepth: 2 }).map(
    (value): Change =>
      (given) => ({
        ...given,
        query: [...given.query, ["cursor", Buffer.from(JSON.stringify(value)).toString("base64url")]],
      }),
  ),
  fc.constantFrom(...ODD_HEADERS).map(
    ([name, value]): Change =>
      (given) =>
        withHeader(given, name, value),
  ),
  key.map(
    (text): Change =>
      (given) =>
        withHeader(given, "Idempotency-Key", text),
  ),
  version.map(
    (tag): Change =>
      (given) =>
        withHeader(given, "If-Match", `"${tag}"`),
  ),
  version.map(
    (tag): Change =>
      (given) =>
        withHeader(given, "If-None-Match", `"${tag}"`),
  ),
  fc.constantFrom(...ODD_BODIES).map(
    (body): Change =>
      (given) =>
        withBody(given, body),
  ),
  anyValue.map(
    (value): Change =>
      (given) =>
        withBody(given, utf8(JSON.stringify(value))),
  ),
  fc.uint8Array({ maxLength: 40 }).map(
    (bytes): Change =>
      (given) =>
        withBody(given, Buffer.from(bytes).toString("latin1")),
  ),
  fc.tuple(memberName, anyValue).map(
    ([name, value]): Change =>
      (given) => {
        const good: unknown = given.body === null ? {} : parsed(given.body);
        return typeof good === "object" && good !== null
          ? withBody(given, utf8(JSON.stringify(withMember(good, name, value))))
          : given;
      },
  ),
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(
    ([at, byte]): Change =>
      (given) => {
        if (given.body === null || given.body === "") return given;
        const index = at % given.body.length;
        return {
          ...given,
          body: given.body.slice(0, index) + String.fromCharCode(byte) + given.body.slice(index + 1),
        };
      },
  ),
  fc.constant<Change>((given) => ({ ...given, chunked: true })),
);

/** The path that the service sees: without fragment, dots and backslashes resolved (WHATWG URL). */
export function routeOf({ path }: FuzzCase): string {
  return new URL(`http://edge${path}`).pathname;
}

/** Most often one thing is wrong, so that nothing else hides it. */
const changes = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Change[]>([]) },
  { weight: 5, arbitrary: fc.array(change, { minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: fc.array(change, { minLength: 2, maxLength: 4 }) },
);

/** Beside the routes of the API: the edge's own, and what is none at all. */
const elsewhere = fc
  .tuple(
    fc.constantFrom(...METHODS),
    fc.oneof(
      fc.constantFrom(
        "/",
        "/health",
        "/health/",
        "//",
        "/v1/",
        "/v2/accounts",
        "/openapi.json",
        "/favicon.ico",
        "/%",
        "/?",
        "/v1?x=1",
      ),
      fc
        .array(fc.constantFrom(...ODD_SEGMENTS, "v1", "accounts"), { maxLength: 4 })
        .map((parts) => `/${parts.join("/")}`),
    ),
  )
  .map(
    ([method, path]): FuzzCase => ({ method, path, headers: {}, body: null, chunked: false, target: "F-0" }),
  );

export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(draft, changes)
      .map(([good, made]) => wire(made.reduce((given, each) => each(given), good))),
  },
  { weight: 1, arbitrary: elsewhere },
);

function wire({ segments, query, ...rest }: Draft): FuzzCase {
  const search = query.map(([name, value]) => `${name}=${value}`).join("&");
  return { ...rest, path: `/${segments.join("/")}${search === "" ? "" : `?${search}`}` };
}

function get(segments: readonly string[], query: Draft["query"], about: string): Draft {
  return {
    method: "GET",
    segments: ["v1", ...segments],
    query,
    headers: {},
    body: null,
    chunked: false,
    target: about,
  };
}

function post(segments: readonly string[], body: unknown, about: string): Draft {
  const text = body === undefined ? null : utf8(JSON.stringify(body));
  const headers: Draft["headers"] = text === null ? {} : JSON_TYPE;
  return {
    method: "POST",
    segments: ["v1", ...segments],
    query: [],
    headers,
    body: text,
    chunked: false,
    target: about,
  };
}

function withHeader(given: Draft, name: string, value: string): Draft {
  return { ...given, headers: { ...given.headers, [name]: value } };
}

function withBody(given: Draft, body: string): Draft {
  return { ...given, headers: { ...JSON_TYPE, ...given.headers }, body };
}

/** `__proto__` as a member of its own, as `JSON.parse` makes it. */
function withMember(good: object, name: string, value: unknown): object {
  return Object.fromEntries([...Object.entries(good), [name, value]]);
}

function replaced(segments: readonly string[], at: number, segment: string): string[] {
  return segments.map((each, index) => (index === at % segments.length ? segment : each));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, "latin1").toString());
  } catch {
    return null;
  }
}
