// What functions missed: a message of theirs may be lost, so now and then each function is held against the feed, which has
// every event.

import { type FeedEvent, readFeed, readFeedHead } from "../views/feed.ts";
import { announce, sendReactions } from "./announce.ts";
import type { ProcessorEnv } from "./env.ts";
import { checkedUpTo, type KnownFunction, knownFunctions, moveChecked } from "./functions.ts";
import { isAnyWaiting, readProgress, takeForgottenReactions } from "./reactions.ts";

/** What happened since is most likely on its way; as long as a reader waits for a view (`src/query/account.ts`). */
const ON_ITS_WAY_MS = 30_000;
/** A new function is held against so much of the feed: the rest is history to it. */
const FIRST_LOOK_BACK = 5_000;
const PAGE = 500;
/** More is left to the next time. */
const MAX_PAGES = 20;

export interface Resent {
  /** To so many accounts. */
  readonly reactions: number;
  /** Whether every function is done with all that the feed has, or parked. */
  readonly areSettled: boolean;
}

/**
 * Announces again what functions are not done with, although it happened long enough ago. `olderThanMs`: how long ago
 * that is.
 */
export async function resendReactions(env: ProcessorEnv, olderThanMs = ON_ITS_WAY_MS): Promise<Resent> {
  const functions = await knownFunctions(env);
  if (functions.length === 0) return { reactions: 0, areSettled: true };
  const names = functions.map(({ name }) => name);
  const forgotten = await takeForgottenReactions(env.OPERATIONS, names, Date.now());
  await sendReactions(
    env,
    forgotten.map((pair) => ({ ...pair, version: 0 })),
  );
  const head = await readFeedHead(env.VIEWS);
  const looked: Looked[] = [];
  for (const known of functions) looked.push(await resendTo(env, known, head, Date.now() - olderThanMs));
  return {
    reactions: forgotten.length + looked.reduce((sum, { resent }) => sum + resent, 0),
    areSettled:
      looked.every(({ checked }) => checked >= head) && !(await isAnyWaiting(env.OPERATIONS, names)),
  };
}

interface Looked {
  readonly resent: number;
  /** The function is done with all up to here. */
  readonly checked: number;
}

async function resendTo(
  env: ProcessorEnv,
  known: KnownFunction,
  head: number,
  before: number,
): Promise<Looked> {
  const stored = (await checkedUpTo(env.OPERATIONS, known.name)) ?? Math.max(head - FIRST_LOOK_BACK, 0);
  // Where the feed was made anew, its positions are others.
  let after = stored > head ? 0 : stored;
  let checked: number | null = null;
  let resent = 0;
  for (let pages = 0; pages < MAX_PAGES && after < head; pages++) {
    const page = await readFeed(env.VIEWS, after, { types: known.reactsTo }, PAGE);
    const young = page.events.findIndex(({ event }) => event.createdAt > before);
    const old = young === -1 ? page.events : page.events.slice(0, young);
    const missed = await missedOf(env, known, old);
    if (missed.length > 0) {
      const changes = missed.map(
        ({ event }) =>
          [event.accountNumber, { version: event.version, types: new Set([event.type]) }] as const,
      );
      const failures = await announce(env, [known], new Map(changes));
      for (const failure of failures.values()) throw failure;
      resent += new Map(changes).size;
      // Looked at again, until it is done.
      checked ??= (missed[0]?.position ?? 1) - 1;
    }
    if (young !== -1) {
      after = (page.events[young]?.position ?? 1) - 1;
      break;
    }
    after = page.next ?? head;
  }
  checked ??= after;
  await moveChecked(env.OPERATIONS, known.name, checked);
  return { resent, checked };
}

/** One that fails is known, and counted where it does. */
async function missedOf(
  { OPERATIONS }: ProcessorEnv,
  { name, startsAt }: KnownFunction,
  events: readonly FeedEvent[],
): Promise<readonly FeedEvent[]> {
  const accountNumbers = [...new Set(events.map(({ event }) => event.accountNumber))];
  const progress = await readProgress(OPERATIONS, name, accountNumbers);
  return events.filter(({ event }) => {
    const { position = 0, isFailing = false } = progress.get(event.accountNumber) ?? {};
    return event.createdAt >= startsAt && event.version > position && !isFailing;
  });
}
