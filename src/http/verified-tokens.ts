// Verified tokens: who the bearer of each is, remembered in the isolate, because checking a signature takes as long as a
// small read. What is remembered is worth as much as verifying anew: it ends with the token, and with the keys.

import type { Caller } from "./caller.ts";

/** Callers with several tokens each are few; a thousand of these take less than a megabyte. */
const MAX_TOKENS = 1_000;
const MAX_AGE_MS = 5 * 60_000;

export interface VerifiedCaller {
  readonly kind: "caller";
  readonly caller: Caller & { readonly expiresAt: number };
}

interface VerifiedToken {
  readonly verified: VerifiedCaller;
  /** Those that vouched for it, as `trustedKeys` names them. */
  readonly keys: object;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** By digest, the oldest first: no token stands in memory for longer than its request. */
const remembered = new Map<string, VerifiedToken>();

/** Null where it has to be verified. */
export function recallCaller(digest: string, keys: object): VerifiedCaller | null {
  const known = remembered.get(digest);
  if (known === undefined) return null;
  if (known.keys === keys && Date.now() < known.until) return known.verified;
  remembered.delete(digest);
  return null;
}

export function rememberCaller(digest: string, keys: object, verified: VerifiedCaller): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= MAX_TOKENS && oldest !== undefined) remembered.delete(oldest);
  const until = Math.min(verified.caller.expiresAt, Date.now() + MAX_AGE_MS);
  remembered.set(digest, { verified, keys, until });
}
