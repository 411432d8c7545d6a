// Announcing: which functions are to look at an account, because something happened to it that they asked for.

import type { ProcessorEnv } from "./env.ts";
import { type KnownFunction, knownFunctions } from "./functions.ts";

/** A function and an account that it is led over. */
export interface Pair {
  readonly function: string;
  readonly accountNumber: string;
}

/** A message of the queue `account-reactions`. It says where to look, not what happened: the log says that. */
export interface ReactionMessage extends Pair {
  /** The version that the views were at. */
  readonly version: number;
}

/** What is new of an account. */
export interface Change {
  readonly version: number;
  /** Of the events, as far as they are known; null where they are not, and then every function looks. */
  readonly types: ReadonlySet<string> | null;
}

/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;

/** Answers the accounts that could not be announced, with the reason. */
export async function announce(
  env: ProcessorEnv,
  functions: readonly KnownFunction[],
  changed: ReadonlyMap<string, Change>,
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  const interested = [...changed].map(([accountNumber, { version, types }]) =>
    functions
      .filter(({ reactsTo }) => types === null || reactsTo.some((type) => types.has(type)))
      .map(({ name }): ReactionMessage => ({ function: name, accountNumber, version })),
  );
  for (const some of chunks(interested.flat())) {
    try {
      await env.ACCOUNT_REACTIONS.sendBatch(some);
    } catch (error) {
      for (const { body } of some) failures.set(body.accountNumber, error);
    }
  }
  return failures;
}

/** Every function is to look at the account, whose views were repaired: what was missing there is not known. */
export async function announceRepaired(
  env: ProcessorEnv,
  accountNumber: string,
  version: number,
): Promise<void> {
  const change = { version, types: null };
  const failures = await announce(env, await knownFunctions(env), new Map([[accountNumber, change]]));
  for (const failure of failures.values()) throw failure;
}

export async function sendReactions(env: ProcessorEnv, messages: readonly ReactionMessage[]): Promise<void> {
  for (const some of chunks(messages)) await env.ACCOUNT_REACTIONS.sendBatch(some);
}

function chunks(messages: readonly ReactionMessage[]): MessageSendRequest<ReactionMessage>[][] {
  const sends: MessageSendRequest<ReactionMessage>[][] = [];
  for (let start = 0; start < messages.length; start += MAX_MESSAGES_PER_SEND) {
    sends.push(messages.slice(start, start + MAX_MESSAGES_PER_SEND).map((body) => ({ body })));
  }
  return sends;
}
