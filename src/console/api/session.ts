// Who is signed in at this tab.

import { computed, effect, signal } from "@preact/signals";
import { SIGN_IN } from "./sign-in-settings.ts";

export interface Session {
  /** What the issuer calls the person: a name, or the subject. */
  readonly name: string;
  /** What was granted, with spaces between. */
  readonly scope: string;
  readonly accessToken: string;
  /** Epoch milliseconds, by this machine's clock; null where the issuer does not say. */
  readonly expiresAt: number | null;
  /** Null where the issuer gave none: then the session ends with its token. */
  readonly refreshToken: string | null;
  readonly idToken: string | null;
}

/** Ends with the tab. docs/decisions/0010-the-console.md says why it is here. */
const STORED_AT = "tributary.session";

export const session = signal<Session | null>(SIGN_IN === null ? null : stored());
/** Why there is none any more; null where there was none, or it was ended here. */
export const sessionEnd = signal<"expired" | null>(null);
/** One has to sign in before anything is shown. */
export const isSignedOut = computed(() => SIGN_IN !== null && session.value === null);

effect(() => {
  if (session.value === null) sessionStorage.removeItem(STORED_AT);
  else sessionStorage.setItem(STORED_AT, JSON.stringify(session.value));
});

function stored(): Session | null {
  const text = sessionStorage.getItem(STORED_AT);
  return text === null ? null : JSON.parse(text);
}

export function startSession(started: Session): void {
  sessionEnd.value = null;
  session.value = started;
}

/** `expired`: by itself, which is worth a word. */
export function endSession(why: "expired" | null = null): void {
  sessionEnd.value = why;
  session.value = null;
}
