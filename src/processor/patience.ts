// Patience with functions: how long a batch waits for one that takes long, and how much of it goes on meanwhile.

import type { FunctionBinding } from "../reactions/contract.ts";
import type { ProcessorEnv } from "./env.ts";
import type { KnownFunction } from "./functions.ts";

/** A function that answers at all has answered by then. No batch waits longer for what it says about one account. */
const PATIENCE_MS = 500;
/** With one that was slow lately. It is waited for all the same, since it may be well for most accounts. */
const PATIENCE_WITH_SLOW_MS = 50;
const SLOW_FOR_MS = 30_000;
/** To so many accounts at a time an isolate leads a slow function. For the others it rests. */
const MAX_SLOW_TURNS = 5;
/** Longer than a lease: what lasted until then was cut off without a word. */
const LONGEST_TURN_MS = 60_000;

interface Standing {
  /** Epoch milliseconds. */
  slowUntil: number;
  /** When each began. */
  readonly turns: Map<symbol, number>;
}

/** By the bindings, which are one object as long as an isolate lives. Values only: a promise belongs to its request. */
const standings = new WeakMap<ProcessorEnv, Map<string, Standing>>();

/** A function is led to one account. */
export interface Turn {
  /** The function, under a stopwatch. */
  readonly asked: KnownFunction;
  /** Resolves once the function alone has taken longer than a batch waits for it. */
  readonly patienceLost: Promise<void>;
  end(): void;
}

/** Null where the function rests. What the databases and logs take is not held against it. */
export function takeTurn(env: ProcessorEnv, known: KnownFunction): Turn | null {
  const standing = standingOf(env, known.name);
  const now = Date.now();
  for (const [turn, began] of standing.turns) {
    if (began < now - LONGEST_TURN_MS) standing.turns.delete(turn);
  }
  const isSlow = standing.slowUntil > now;
  if (isSlow && standing.turns.size >= MAX_SLOW_TURNS) return null;
  const turn = Symbol(known.name);
  standing.turns.set(turn, now);
  const { promise: patienceLost, resolve: losePatience } = Promise.withResolvers<void>();
  const asked = { ...known, binding: watched(known.binding, standing, isSlow, losePatience) };
  return { asked, patienceLost, end: () => standing.turns.delete(turn) };
}

function watched(
  binding: FunctionBinding,
  standing: Standing,
  isSlow: boolean,
  losePatience: () => void,
): FunctionBinding {
  let takenMs = 0;
  const markSlow = (): void => {
    standing.slowUntil = Date.now() + SLOW_FOR_MS;
  };
  return {
    describe: () => binding.describe(),
    async react(happened) {
      const startedAt = Date.now();
      let timer = setTimeout(
        () => {
          losePatience();
          if (isSlow) timer = setTimeout(markSlow, PATIENCE_MS - PATIENCE_WITH_SLOW_MS);
          else markSlow();
        },
        Math.max((isSlow ? PATIENCE_WITH_SLOW_MS : PATIENCE_MS) - takenMs, 0),
      );
      try {
        return await binding.react(happened);
      } finally {
        clearTimeout(timer);
        takenMs += Date.now() - startedAt;
      }
    },
  };
}

function standingOf(env: ProcessorEnv, name: string): Standing {
  const own = standings.get(env) ?? new Map<string, Standing>();
  standings.set(env, own);
  const standing = own.get(name) ?? { slowUntil: 0, turns: new Map() };
  own.set(name, standing);
  return standing;
}
