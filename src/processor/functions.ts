// The functions: which are bound, and what each says of itself. Deploying a function alone changes what it is told.

import * as z from "zod";
import { logLine } from "../http/log-line.ts";
import { descriptionSchema, type FunctionBinding, type FunctionDescription } from "../reactions/contract.ts";
import type { FunctionBindingName, ProcessorEnv } from "./env.ts";
import { within } from "./within.ts";

export interface KnownFunction extends FunctionDescription {
  readonly binding: FunctionBinding;
  /** Epoch milliseconds: what happened before is history to it. */
  readonly startsAt: number;
}

/** How long a description is taken as it is: so soon after its deploy a function is told what it newly asks for. */
const DESCRIPTION_AGE_MS = 5_000;
/** The views do not wait for it, only the next batch does. */
const DESCRIBE_LIMIT_MS = 1_000;
/**
 * The first event that a function is told may have happened before the processor first saw the function, in the very
 * batch of that event.
 */
const FIRST_SIGHT_GRACE_MS = 60_000;

const PREFIX = "FUNCTION_";

interface Known {
  readonly at: number;
  readonly functions: readonly KnownFunction[];
}

/** By the bindings, which are one object as long as an isolate lives. Values only: a promise belongs to its request. */
const known = new WeakMap<ProcessorEnv, Known>();

/** Those that are bound and ever answered. One that does not answer now is known by what it said before. */
export async function knownFunctions(env: ProcessorEnv): Promise<readonly KnownFunction[]> {
  const bindings = Object.keys(env).filter(isFunctionBinding);
  if (bindings.length === 0) return [];
  const cached = known.get(env);
  if (cached !== undefined && Date.now() - cached.at < DESCRIPTION_AGE_MS) return cached.functions;
  const said = await Promise.all(bindings.map((binding) => describe(env, binding)));
  const rows = await remember(
    env.OPERATIONS,
    said.filter((description) => description !== null),
  );
  const functions = bindings.flatMap((bindingName): KnownFunction[] => {
    const row = rows.get(nameOf(bindingName));
    const binding = env[bindingName];
    return row === undefined || binding === undefined ? [] : [{ ...row, binding }];
  });
  known.set(env, { at: Date.now(), functions });
  return functions;
}

/** Null where it does not answer, or answers what is no description. */
async function describe(
  env: ProcessorEnv,
  binding: FunctionBindingName,
): Promise<FunctionDescription | null> {
  const name = nameOf(binding);
  try {
    const said = await within(DESCRIBE_LIMIT_MS, async () => env[binding]?.describe());
    return descriptionSchema.extend({ name: z.literal(name) }).parse(said);
  } catch (error) {
    logLine("function not described", { function: name, reason: String(error) });
    return null;
  }
}

function isFunctionBinding(name: string): name is FunctionBindingName {
  return name.startsWith(PREFIX);
}

/** `FUNCTION_ONE_DEFAULT` binds `one-default`. */
function nameOf(binding: FunctionBindingName): string {
  return binding.slice(PREFIX.length).toLowerCase().replaceAll("_", "-");
}

interface FunctionRow {
  readonly name: string;
  readonly firstSeenAt: number;
  /** JSON */
  readonly reactsTo: string;
  readonly sends: string;
  readonly reactions: number;
  readonly eventId: string | null;
  readonly eventAt: number | null;
  readonly lagMs: number | null;
}

const COLUMNS = `name, first_seen_at AS firstSeenAt, reacts_to AS reactsTo, sends, reactions, event_id AS eventId,
  event_at AS eventAt, lag_ms AS lagMs`;

const namesSchema = z.array(z.string());

/** Writes down what was said where it is new, and answers what all functions ever said. */
async function remember(
  operations: D1Database,
  said: readonly FunctionDescription[],
): Promise<ReadonlyMap<string, Omit<KnownFunction, "binding">>> {
  const rows = said.map(({ name, reactsTo, sends }) => [
    name,
    JSON.stringify(reactsTo),
    JSON.stringify(sends),
  ]);
  const [, all] = await operations.batch<FunctionRow>([
    operations
      .prepare(
        `INSERT INTO functions (name, first_seen_at, reacts_to, sends)
         SELECT value ->> 0, ?2, value ->> 1, value ->> 2 FROM json_each(?1) WHERE TRUE
         ON CONFLICT (name) DO UPDATE SET reacts_to = excluded.reacts_to, sends = excluded.sends
         WHERE reacts_to <> excluded.reacts_to OR sends <> excluded.sends`,
      )
      .bind(JSON.stringify(rows), Date.now()),
    operations.prepare(`SELECT ${COLUMNS} FROM functions`),
  ]);
  return new Map(
    (all?.results ?? []).map(({ name, firstSeenAt, reactsTo, sends }) => [
      name,
      {
        name,
        startsAt: firstSeenAt - FIRST_SIGHT_GRACE_MS,
        reactsTo: namesSchema.parse(JSON.parse(reactsTo)),
        sends: namesSchema.parse(JSON.parse(sends)),
      },
    ]),
  );
}

/** A function was done with an event. */
export interface Reacted {
  readonly eventId: string;
  /** Epoch milliseconds: when the event happened, and when the function was done. */
  readonly eventAt: number;
  readonly doneAt: number;
}

/** Counts what functions did: one row for each of them, however much it was. */
export async function countReactions(
  operations: D1Database,
  reacted: ReadonlyMap<string, readonly Reacted[]>,
): Promise<void> {
  const rows = [...reacted].flatMap(([name, own]) => {
    const newest = own.toSorted((one, other) => one.eventAt - other.eventAt).at(-1);
    return newest === undefined
      ? []
      : [[name, own.length, newest.eventId, newest.eventAt, newest.doneAt - newest.eventAt]];
  });
  if (rows.length === 0) return;
  await operations
    .prepare(
      `UPDATE functions SET reactions = reactions + (value ->> 1), event_id = value ->> 2, event_at = value ->> 3,
         lag_ms = value ->> 4
       FROM json_each(?1) WHERE name = value ->> 0`,
    )
    .bind(JSON.stringify(rows))
    .run();
}

export async function checkedUpTo(operations: D1Database, name: string): Promise<number | null> {
  return operations
    .prepare("SELECT checked FROM functions WHERE name = ?1")
    .bind(name)
    .first<number>("checked");
}

export async function moveChecked(operations: D1Database, name: string, position: number): Promise<void> {
  await operations
    .prepare("UPDATE functions SET checked = ?2 WHERE name = ?1 AND checked IS NOT ?2")
    .bind(name, position)
    .run();
}

/** What an operator reads of each function, beside what waits. */
export interface FunctionRecord extends FunctionDescription {
  readonly firstSeenAt: number;
  readonly reactions: number;
  readonly newestEvent: { readonly id: string; readonly at: number; readonly lagMs: number } | null;
}

export async function listFunctions(operations: D1Database): Promise<readonly FunctionRecord[]> {
  const { results } = await operations
    .prepare(`SELECT ${COLUMNS} FROM functions ORDER BY name`)
    .all<FunctionRow>();
  return results.map(({ eventId, eventAt, lagMs, reactsTo, sends, ...row }) => ({
    ...row,
    reactsTo: namesSchema.parse(JSON.parse(reactsTo)),
    sends: namesSchema.parse(JSON.parse(sends)),
    newestEvent: eventId === null ? null : { id: eventId, at: eventAt ?? 0, lagMs: lagMs ?? 0 },
  }));
}
