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
import { within } from "./within.ts";

const reactionSchema = z.object({
  function: functionNameSchema,
  accountNumber: accountNumberSchema,
  version: z.int().nonnegative(),
});

/** Another consumer that has the pair may have read the log before the newest event was in it. */
const BUSY_DELAY_SECONDS = 2;

/** A function that answers at all has answered by then. No batch waits longer: what goes on does so behind its back. */
const PATIENCE_MS = 500;
/** One that was slow is not waited for at all for so long. */
const SLOW_FOR_MS = 30_000;

/** By the bindings, which are one object as long as an isolate lives: until when (epoch milliseconds) a function is taken for slow. */
const slowUntil = new WeakMap<ProcessorEnv, Map<string, number>>();

/**
 * All pairs side by side: one that fails, or takes long, is in no other's way, in this batch or the next. What still goes on
 * when the batch ends is not cut off: its messages come again, later each time, and find what it came to.
 */
export async function consumeReactions(
  batch: MessageBatch,
  env: ProcessorEnv,
  context: ExecutionContext,
): Promise<void> {
  const functions = await knownFunctions(env).catch((error) => String(error));
  const gathered = await gather(batch, env, retryLater);
  const reacted = new Map<string, Reacted[]>();
  const unsettled = new Set(gathered);
  const work = gathered.map(async (one) => {
    const { messages, ...pair } = one;
    const startedAt = Date.now();
    const own: Reacted[] = [];
    const outcome = await (typeof functions === "string"
      ? Promise.reject(functions)
      : reactOrSkip(env, functions, pair, own)
    ).catch((error): ReactionOutcome => ({ kind: "failed", reason: String(error) }));
    if (unsettled.delete(one)) for (const message of messages) settle(message, outcome);
    reacted.set(pair.function, [...(reacted.get(pair.function) ?? []), ...own]);
    logLine("reactions", { ...pair, ...outcome, events: own.length, durationMs: Date.now() - startedAt });
  });
  context.waitUntil(
    Promise.all(work)
      .then(() => countReactions(env.OPERATIONS, reacted))
      // What an operator reads; nothing depends on it.
      .catch((error) => console.error("Reactions not counted:", error)),
  );
  const slow = slowUntil.get(env) ?? new Map<string, number>();
  slowUntil.set(env, slow);
  const isSlow = ({ function: name }: ReactionMessage) => (slow.get(name) ?? 0) > Date.now();
  const awaited = gathered.map((one, index) => (isSlow(one) ? undefined : work[index]));
  await within(PATIENCE_MS, () => Promise.all(awaited)).catch(() => {
    for (const one of unsettled) slow.set(one.function, Date.now() + SLOW_FOR_MS);
  });
  for (const { messages } of unsettled) messages.forEach(retryLater);
  unsettled.clear();
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
