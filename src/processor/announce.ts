// Announcing: which functions are to look at an account, because something happened to it that they asked for.

import type { ProcessorEnv } from "./env.ts";
import { type KnownFunction, knownFunctions } from "./functions.ts";

/** A message of the queue `account-reactions`. It says where to look, not what happened: the log says that. */
export interface ReactionMessage {
  readonly function: string;
  readonly accountNumber: string;
}

/** `sendBatch` takes so many (Queues documentation, "Limits"). */
const MAX_MESSAGES_PER_SEND = 100;

/**
 * `changed`: the types of an account's events that are new, as far as they are known; null where they are not, and then
 * every function looks. Answers the accounts that could not be announced, with the reason.
 */
export async function announce(
  env: ProcessorEnv,
  functions: readonly KnownFunction[],
  changed: ReadonlyMap<string, ReadonlySet<string> | null>,
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  const interested = [...changed].map(([accountNumber, types]) =>
    functions
      .filter(({ reactsTo }) => types === null || reactsTo.some((type) => types.has(type)))
      .map(({ name }): ReactionMessage => ({ function: name, accountNumber })),
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
export async function announceRepaired(env: ProcessorEnv, accountNumber: string): Promise<void> {
  const failures = await announce(env, await knownFunctions(env), new Map([[accountNumber, null]]));
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
