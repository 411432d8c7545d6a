// Faults: the databases and the logs as the program meets them, each operation when its turn has come, and at times
// failing before it was done, or after.

import type { AccountLog, AccountLogs } from "../../src/account/account-log.ts";
import type { Random } from "./random.ts";
import type { Tally } from "./tally.ts";
import type { Turns } from "./turns.ts";

export interface Faults {
  readonly turns: Turns;
  readonly random: Random;
  readonly probability: () => number;
  /** Of what: for the tally. */
  readonly name: string;
  readonly tally: Tally;
}

/** What the program does to a database is one of these. */
const EXECUTING: readonly PropertyKey[] = ["run", "all", "first", "raw"];

type Method = (...args: unknown[]) => Promise<unknown>;

export function failingDatabase(database: D1Database, faults: Faults): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const guarded = (operation: () => Promise<unknown>) => () => failing(faults, operation, databaseError);
  const statement = (original: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = new Proxy(original, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        const method: Method = Reflect.get(target, name);
        if (!EXECUTING.includes(name)) return method;
        return (...args: unknown[]) => faults.turns.take(guarded(() => Reflect.apply(method, target, args)));
      },
    });
    originals.set(wrapped, original);
    return wrapped;
  };
  return new Proxy(database, {
    get(target, name) {
      if (name === "prepare") return (query: string) => statement(target.prepare(query));
      if (name !== "batch") return Reflect.get(target, name);
      return (statements: readonly D1PreparedStatement[]) =>
        faults.turns.take(
          guarded(() => target.batch(statements.map((wrapped) => originals.get(wrapped) ?? wrapped))),
        );
    },
  });
}

/** The owners of the logs, reached over a network: a call may get lost, and so may its answer. */
export function failingLogs(logs: AccountLogs, faults: Faults): AccountLogs {
  const call = async <Answer>(operation: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await faults.turns.take(() => failing(faults, operation, callError));
    } catch (error) {
      throw asPlatformError(error);
    }
  };
  return {
    getByName(accountNumber) {
      const log = logs.getByName(accountNumber);
      const wrapped: AccountLog = {
        execute: (requests, retrying) => call(() => log.execute(requests, retrying)),
        current: () => call(() => log.current()),
        atVersion: (version) => call(() => log.atVersion(version)),
        atTime: (at) => call(() => log.atTime(at)),
        events: (after, limit) => call(() => log.events(after, limit)),
      };
      return wrapped;
    },
  };
}

async function failing<Answer>(
  { random, probability, name, tally }: Faults,
  operation: () => Promise<Answer>,
  error: (random: Random) => Error,
): Promise<Answer> {
  if (!random.chance(probability())) return operation();
  const failure = error(random);
  const isDone = random.chance(0.5);
  tally.add(`${name} failed ${isDone ? "after" : "before"} they were done`);
  if (isDone) await operation();
  throw failure;
}

function databaseError(random: Random): Error {
  return new Error(
    random.pick([
      "D1_ERROR: D1 DB is overloaded",
      "D1_ERROR: Network connection lost",
      "D1_ERROR: internal error",
    ]),
  );
}

function callError(random: Random): Error {
  const flag = random.pick(["retryable", "durableObjectReset", "overloaded", "unknown"]);
  return Object.assign(new Error("The call or its answer was lost"), { [flag]: true });
}

/** In production a reset object says that it was reset; the aborting of the tests says it in words. */
function asPlatformError(error: unknown): unknown {
  const isReset = error instanceof Error && error.message.includes("abortAllDurableObjects");
  return isReset ? Object.assign(error, { durableObjectReset: true }) : error;
}
