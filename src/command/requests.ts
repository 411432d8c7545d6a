// From what a client sends to a command: every shape that the command routes accept, checked at the door.

import * as z from "zod";
import {
  ACCOUNT_NUMBER_RULE,
  type AccountCommand,
  accountNumberSchema,
  createSchema,
  isTransitionName,
  TRANSITION_SCHEMAS,
  type TransitionName,
} from "../account/commands.ts";
import type { ExpectedVersion } from "../event-sourcing/expected-version.ts";
import { parseEntityTags } from "../http/entity-tags.ts";
import { invalidMembers } from "../http/invalid-parts.ts";
import { type InvalidPart, invalidRequest, type Problem } from "../http/problems.ts";

export const MAX_BULK_COMMANDS = 100;

/** A name that is not known is shown back no longer than this. */
const MAX_ECHO_LENGTH = 40;
const IDEMPOTENCY_KEY_RULE = "1 to 128 visible ASCII characters";

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,128}$/, IDEMPOTENCY_KEY_RULE);

/** A command as it was asked for. `accountNumber` is null where a create leaves the number to the service. */
export interface AskedCommand {
  readonly accountNumber: string | null;
  readonly command: AccountCommand;
  readonly expected: ExpectedVersion;
  readonly idempotencyKey: string | null;
}

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** What the two headers of a single command say. */
export interface CommandHeaders {
  readonly idempotencyKey: string | null;
  readonly expected: ExpectedVersion;
}

/** `POST /v1/accounts`. */
export function parseCreate(body: unknown, headers: Parsed<CommandHeaders>): Parsed<AskedCommand> {
  if (!headers.ok) return headers;
  const parsed = parseBoth(createdNumberSchema, createSchema, body);
  if (!parsed.ok) return parsed;
  const [{ accountNumber }, command] = parsed.value;
  return { ok: true, value: { ...headers.value, accountNumber: accountNumber ?? null, command } };
}

export const createdNumberSchema = z.strictObject({ accountNumber: accountNumberSchema.optional() });

/** `POST /v1/accounts/{accountNumber}/commands/{command}`. */
export function parseTransition(
  accountNumber: string,
  name: TransitionName,
  body: unknown,
  headers: Parsed<CommandHeaders>,
): Parsed<AskedCommand> {
  if (!headers.ok) return headers;
  const number = accountNumberSchema.safeParse(accountNumber);
  if (!number.success) return refuse([{ parameter: "accountNumber", detail: ACCOUNT_NUMBER_RULE }]);
  const command = TRANSITION_SCHEMAS[name].safeParse(body);
  if (!command.success) return refuse(invalidMembers(command.error));
  return { ok: true, value: { ...headers.value, accountNumber, command: command.data } };
}

const namedSchema = z.looseObject({ command: z.string() });

export const memberSchema = z.strictObject({
  command: z.string(),
  accountNumber: accountNumberSchema.optional(),
  idempotencyKey: idempotencyKeySchema.optional(),
  expectedVersion: z.int().positive().optional(),
});

/** One member of `POST /v1/commands`. The pointers of its errors point into the member. */
export function parseMember(member: unknown): Parsed<AskedCommand> {
  const named = namedSchema.safeParse(member);
  if (!named.success) return refuse(invalidMembers(named.error));
  const name = named.data.command;
  if (name !== "create" && !isTransitionName(name)) return { ok: false, problem: unknownCommand(name) };
  const schema = name === "create" ? createSchema : TRANSITION_SCHEMAS[name];
  const parsed = parseBoth<z.output<typeof memberSchema>, AccountCommand>(memberSchema, schema, member);
  if (!parsed.ok) return parsed;
  const [{ accountNumber, idempotencyKey, expectedVersion }, command] = parsed.value;
  if (accountNumber === undefined && command.type !== "create") {
    return refuse([{ pointer: "/accountNumber", detail: "Required" }]);
  }
  return {
    ok: true,
    value: {
      accountNumber: accountNumber ?? null,
      command,
      expected: expectedVersion === undefined ? "any" : [expectedVersion],
      idempotencyKey: idempotencyKey ?? null,
    },
  };
}

export function parseHeaders(headers: Headers): Parsed<CommandHeaders> {
  const key = headers.get("Idempotency-Key");
  if (key !== null && !idempotencyKeySchema.safeParse(key).success) {
    return refuse([{ header: "Idempotency-Key", detail: IDEMPOTENCY_KEY_RULE }]);
  }
  const ifMatch = headers.get("If-Match");
  const expected = ifMatch === null ? "any" : expectedVersionOf(ifMatch);
  if (expected === null) return refuse([{ header: "If-Match", detail: "A list of entity tags, or *" }]);
  return { ok: true, value: { idempotencyKey: key, expected } };
}

/** Null where the header is malformed. A tag matches only as this service writes it: strong, and a version. */
function expectedVersionOf(ifMatch: string): ExpectedVersion | null {
  const tags = parseEntityTags(ifMatch);
  if (tags === null) return null;
  if (tags === "*") return "exists";
  return tags
    .filter(({ weak, value }) => !weak && /^[1-9]\d*$/.test(value))
    .map(({ value }) => Number(value));
}

export function unknownCommand(name: string): Problem {
  return {
    code: "not-found",
    detail: `There is no command ${JSON.stringify(name.slice(0, MAX_ECHO_LENGTH))}`,
  };
}

/** One object that carries the members of two shapes: what the first names, and the rest. Says what is wrong in both. */
function parseBoth<Own, Rest>(
  own: z.ZodType<Own> & { readonly shape: object },
  rest: z.ZodType<Rest>,
  body: unknown,
): Parsed<readonly [Own, Rest]> {
  const object = z.record(z.string(), z.unknown()).safeParse(body);
  if (!object.success) return refuse(invalidMembers(object.error));
  const entries = Object.entries(body ?? {});
  const isOwn = ([key]: readonly [string, unknown]): boolean => Object.hasOwn(own.shape, key);
  const ownResult = own.safeParse(Object.fromEntries(entries.filter(isOwn)));
  const restResult = rest.safeParse(Object.fromEntries(entries.filter((entry) => !isOwn(entry))));
  if (ownResult.success && restResult.success) {
    return { ok: true, value: [ownResult.data, restResult.data] };
  }
  return refuse([ownResult, restResult].flatMap(({ error }) => (error ? invalidMembers(error) : [])));
}

function refuse(errors: readonly InvalidPart[]): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: invalidRequest(errors) };
}
