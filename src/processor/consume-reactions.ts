// The queue `account-reactions`: each message leads one function to one account. Of its own, so that neither a slow nor a
// failing function is in the way of the views.

import * as z from "zod";
import { accountNumberSchema } from "../account/commands.ts";
import { logFailure, logLine } from "../http/log-line.ts";
import { functionNameSchema } from "../reactions/contract.ts";
import type { Pair, ReactionMessage } from "./announce.ts";
import type { ProcessorEnv } from "./env.ts";
import { countReactions, type KnownFunction, knownFunctions, type Reacted } from "./functions.ts";
import { keepMessage } from "./parking.ts";
import { takeTurn } from "./patience.ts";
import { type ReactionOutcome, react } from "./react.ts";
import { noteResting, parkReaction } from "./reactions.ts";
import { retryDeadLater, retryLater } from "./retry-later.ts";

const reactionSchema = z.object({
  function: functionNameSchema,
  accountNumber: accountNumberSchema,
  version: z.int().nonnegative(),
});

/** Another consumer that has the pair may have read the log before the newest event was in it. */
const BUSY_DELAY_SECONDS = 2;

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
  const unsettled = new Set(await gather(batch, env, retryLater));
  const reacted = new Map<string, Reacted[]>();
  const resting: Pair[] = [];
  const work: Promise<void>[] = [];
  const awaited: Promise<void>[] = [];
  for (const one of [...unsettled]) {
    const known =
      typeof functions === "string" ? functions : functions.find(({ name }) => name === one.function);
    const turn = typeof known === "object" ? takeTurn(env, known) : undefined;
    if (turn === null) {
      resting.push(one);
      continue;
    }
    const asked = turn === undefined ? known : turn.asked;
    const leading = lead(env, asked, one).then(({ outcome, events }) => {
      turn?.end();
      if (unsettled.delete(one)) for (const message of one.messages) settle(message, outcome);
      reacted.set(one.function, [...(reacted.get(one.function) ?? []), ...events]);
    });
    work.push(leading);
    awaited.push(turn === undefined ? leading : Promise.race([leading, turn.patienceLost]));
  }
  context.waitUntil(
    Promise.all(work)
      .then(() => countReactions(env.OPERATIONS, reacted))
      // What an operator reads; nothing depends on it.
      .catch((error) => console.error("Reactions not counted:", error)),
  );
  // Unless it is written down that they wait, the clock would take their messages for lost, and send more of them.
  await noteResting(env.OPERATIONS, resting).catch((error) => logFailure("resting not noted", {}, error));
  await Promise.all(awaited);
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

/** `asked`: the function, or why the functions are not known; undefined where it is bound no longer, and has nothing left to do. */
async function lead(
  env: ProcessorEnv,
  asked: KnownFunction | string | undefined,
  { messages: _, ...pair }: Gathered,
): Promise<{ readonly outcome: ReactionOutcome; readonly events: readonly Reacted[] }> {
  const startedAt = Date.now();
  const events: Reacted[] = [];
  let outcome: ReactionOutcome = { kind: "done" };
  if (typeof asked === "string") outcome = { kind: "failed", reason: asked };
  else if (asked !== undefined) {
    outcome = await react(env, asked, pair, (event) => events.push(event)).catch((error) => ({
      kind: "failed",
      reason: String(error),
    }));
  }
  logLine("reactions", { ...pair, ...outcome, events: events.length, durationMs: Date.now() - startedAt });
  return { outcome, events };
}

function settle(message: Message, { kind }: ReactionOutcome): void {
  if (kind === "done" || kind === "parked") message.ack();
  else if (kind === "failed" || kind === "behind") retryLater(message);
  else message.retry({ delaySeconds: kind === "busy" ? BUSY_DELAY_SECONDS : 0 });
}
