// The queue `inbox`: each message names an event of another service that is stored, and is to be handled.

import * as z from "zod";
import { logLine } from "../http/log-line.ts";
import { readUserState, writeUser } from "../views/users.ts";
import type { ProcessorEnv } from "./env.ts";
import { markDone, markFailed, readStored, type StoredEvent } from "./inbox.ts";
import { inboxEventHref } from "./inbox-href.ts";
import { keepMessage } from "./parking.ts";
import { reactToUserEvent } from "./react-to-user-event.ts";
import { retryLater } from "./retry-later.ts";
import { userIdOf, userStateOf } from "./user-events.ts";

/** With the delays between them, some twenty minutes; then a person has to look. */
const MAX_ATTEMPTS = 12;
const MAX_DELAY_SECONDS = 300;

const messageSchema = z.object({ number: z.int().positive() });

/** Each on its own: one that fails, or takes long, is no other's trouble. */
export async function consumeInbox(batch: MessageBatch, env: ProcessorEnv): Promise<void> {
  await Promise.all(batch.messages.map((message) => consumeOne(message, env)));
}

async function consumeOne(message: Message, env: ProcessorEnv): Promise<void> {
  const startedAt = Date.now();
  let failure: string | null = null;
  const number = messageSchema.safeParse(message.body).data?.number;
  try {
    if (number === undefined) await keepMessage(env.OPERATIONS, message, null, "Not of the inbox");
    else failure = await attempt(message, env, number);
    if (failure === null) message.ack();
  } catch (error) {
    // Not even that it failed could be written down.
    failure = String(error);
    retryLater(message);
  }
  logLine("inbox message", { number, failure, durationMs: Date.now() - startedAt });
}

/** Null where the event is dealt with; else why the attempt failed, which is written down, and when it is made again. */
async function attempt(message: Message, env: ProcessorEnv, number: number): Promise<string | null> {
  const stored = await readStored(env.OPERATIONS, number);
  if (stored === null) return null;
  try {
    await handle(env, stored);
    return null;
  } catch (error) {
    const attempts = stored.attempts + 1;
    const delaySeconds = Math.min(2 ** attempts, MAX_DELAY_SECONDS);
    const isLast = attempts >= MAX_ATTEMPTS;
    await markFailed(env.OPERATIONS, number, error, isLast ? null : delaySeconds * 1000);
    if (isLast) message.ack();
    else message.retry({ delaySeconds });
    return String(error);
  }
}

/** What an event means here. Done again it changes nothing. */
async function handle(env: ProcessorEnv, stored: StoredEvent): Promise<void> {
  const { event, number, receivedAt, correlationId } = stored;
  const state = userStateOf(env, event);
  if (state === null) {
    await markDone(env.OPERATIONS, number, "ignored").run();
    return;
  }
  const userId = userIdOf(event);
  // It was stored under another configuration of the types.
  if (typeof userId !== "number") throw new Error(userId.detail);
  const changedAt = event.time === undefined ? receivedAt : Date.parse(event.time);
  const writing = writeUser(env.OPERATIONS, userId, state, changedAt);
  const done = markDone(env.OPERATIONS, number, "handled");
  if (state === "known") {
    await env.OPERATIONS.batch([writing, done]);
    return;
  }
  // That the user has left stands before the accounts are looked for (see `reactToUserEvent`), and the event is done
  // with the last of them.
  await writing.run();
  // Else something newer was told: the user is back, and the accounts are of after that.
  if ((await readUserState(env.OPERATIONS, userId)) === "departed") {
    const id = inboxEventHref(number);
    await reactToUserEvent(env, { id, type: "user.deleted", userId, correlationId });
  }
  await done.run();
}
