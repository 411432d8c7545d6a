// Sending requests in the name of whoever is signed in, with a token that is renewed where it ends.

import { loadSignIn } from "./load-sign-in.ts";
import { endSession, type Session, session, startSession } from "./session.ts";

/** A token that ends sooner would end on its way. */
const MARGIN_MS = 20_000;

/**
 * `fetch` in the name of whoever is signed in. It looks at the session without following it: an effect that calls this is not to
 * run anew with each renewal.
 */
export async function sendSigned(url: string, init: RequestInit): Promise<Response> {
  const current = await usableSession();
  const response = await fetch(url, signed(init, current));
  if (response.status !== 401 || current === null || renewedInVain.has(current)) return response;
  // The token ended earlier than this machine's clock says, or its key is gone. Where none can be had without signing in,
  // the answer says why this one is not taken: to sign in again may come to the same.
  const renewed = current.refreshToken === null ? null : await renewedSession(current);
  if (renewed === null) return response;
  const again = await fetch(url, signed(init, renewed));
  if (again.status === 401) renewedInVain.add(renewed);
  return again;
}

/** What is wrong with these is not their age. */
const renewedInVain = new WeakSet<Session>();

function signed(init: RequestInit, current: Session | null): RequestInit {
  if (current === null) return init;
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${current.accessToken}`);
  return { ...init, headers };
}

async function usableSession(): Promise<Session | null> {
  const current = session.peek();
  if (current?.expiresAt == null || Date.now() < current.expiresAt - MARGIN_MS) return current;
  return (await renewedSession(current)) ?? current;
}

let renewal: Promise<Session | null> | null = null;

/** However many requests find that the token has ended, it is renewed once: a refresh token counts once. */
function renewedSession(ended: Session): Promise<Session | null> {
  if (session.peek() !== ended) return Promise.resolve(session.peek());
  renewal ??= renewOrEnd(ended).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renewOrEnd(ended: Session): Promise<Session | null> {
  const outcome = ended.refreshToken === null ? "refused" : await renewed(ended, ended.refreshToken);
  // Somebody signed out meanwhile, and is not to be signed in again.
  if (session.peek() !== ended) return session.peek();
  // The issuer may answer the next time.
  if (outcome === "unreachable") return null;
  if (outcome === "refused") {
    endSession("expired");
    return null;
  }
  startSession(outcome);
  return outcome;
}

async function renewed(ended: Session, refreshToken: string): Promise<Session | "refused" | "unreachable"> {
  const code = await loadSignIn();
  return code === null ? "unreachable" : code.renew(ended, refreshToken);
}
