// The queue `account-reactions`: each message leads one function to one account. Of its own, so that neither a slow nor a
// failing function is in the way of the views.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { logLine } from "../http/log-line.ts";
import { functionNameSchema } from "../reactions/contract.ts";
import type { ReactionMessage } from "./announce.ts";
import type { ProcessorEnv } from "./env.ts";
import { countReactions, type KnownFunction, knownFunctions, type Reacted } from "./functions.ts";
import { keepMessage } from "./parking.ts";
import { type ReactionOutcome, react } from "./react.ts";
import { parkReaction } from "./reactions.ts";
import { retryDeadLater, retryLater } from "./retry-later.ts";

const reactionSchema = z.object({
  function: functionNameSchema,
  accountNumber: accountNumberSchema,
  version: z.int().nonnegative(),
});

/** Another consumer that has the pair may have read the log before the newest event was in it. */
const BUSY_DELAY_SECONDS = 2;

/** All pairs side by side: one that fails, or takes long, is in no other's way. */
export async function consumeReactions(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  const functions = await knownFunctions(env).catch((error) => String(error));
  const reacted = new Map<string, Reacted[]>();
  await Promise.all(
    (await gather(batch, env, retryLater)).map(async ({ messages, ...pair }) => {
      const startedAt = Date.now();
      const own: Reacted[] = [];
      const outcome = await (typeof functions === "string"
        ? Promise.reject(functions)
        : reactOrSkip(env, functions, pair, own)
      ).catch((error): ReactionOutcome => ({ kind: "failed", reason: String(error) }));
      for (const message of messages) settle(message, outcome);
      reacted.set(pair.function, [...(reacted.get(pair.function) ?? []), ...own]);
      logLine("reactions", { ...pair, ...outcome, events: own.length, durationMs: Date.now() - startedAt });
    }),
  );
  // What an operator reads; nothing depends on it.
  await countReactions(env.OPERATIONS, reacted).catch((error) =>
    console.error("Reactions not counted:", error),
  );
}

/** Its dead-letter queue: nobody would bring these again, so a person is to. */
export async function consumeDeadReactions(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  for (const { messages, ...pair } of await gather(batch, env, retryDeadLater)) {
    const isKept = await parkReaction(
      env.OPERATIONS,
      pair,
      "Its messages came too often without an end",
    ).then(
      () => true,
      () => false,
    );
    for (const message of messages) {
      if (isKept) message.ack();
      else retryDeadLater(message);
    }
  }
}

interface Gathered extends ReactionMessage {
  readonly messages: Message[];
}

/** The messages by pair. What is no message of this queue is kept whole. */
async function gather(
  batch: MessageBatch,
  env: ProcessorEnv,
  retry: (message: Message) => void,
): Promise<readonly Gathered[]> {
  const gathered = new Map<string, Gathered>();
  for (const message of batch.messages) {
    const pair = reactionSchema.safeParse(message.body).data;
    if (pair === undefined) {
      await keepMessage(env.OPERATIONS, message, null, "Not a reaction").then(
        () => message.ack(),
        () => retry(message),
      );
      continue;
    }
    const key = `${pair.function} ${pair.accountNumber}`;
    const own: Gathered = gathered.get(key) ?? { ...pair, messages: [] };
    own.messages.push(message);
    gathered.set(key, { ...own, version: Math.max(own.version, pair.version) });
  }
  return [...gathered.values()];
}

/** A function that is bound no longer has nothing left to do. */
async function reactOrSkip(
  env: ProcessorEnv,
  functions: readonly KnownFunction[],
  pair: ReactionMessage,
  reacted: Reacted[],
): Promise<ReactionOutcome> {
  const asked = functions.find(({ name }) => name === pair.function);
  if (asked === undefined) return { kind: "done" };
  return react(env, asked, pair, (event) => reacted.push(event));
}

function settle(message: Message, { kind }: ReactionOutcome): void {
  if (kind === "done" || kind === "parked") message.ack();
  else if (kind === "failed" || kind === "behind") retryLater(message);
  else message.retry({ delaySeconds: kind === "busy" ? BUSY_DELAY_SECONDS : 0 });
}
