// How people sign in at the console: with whom, as which client, and what they ask for. From the edge's variables.

import { isPrivate } from "../http/addresses.ts";

export interface SignInEnv {
  /** The one that the Workers trust: AUTH_ISSUER and AUTH_AUDIENCE as they have them. */
  readonly AUTH_ISSUER?: string;
  readonly AUTH_AUDIENCE?: string;
  /** What the issuer calls the console: a public client, which has no secret. Without it nobody signs in. */
  readonly CONSOLE_CLIENT_ID?: string;
  /** What the console asks for, with spaces between. */
  readonly CONSOLE_SCOPE?: string;
}

/** As the console reads it: src/console/api/sign-in-settings.ts. */
export interface SignIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** What tokens are to be for (RFC 8707); null where the issuer goes by scopes alone. */
  readonly audience: string | null;
}

/** No `offline_access`: who wants the console to renew tokens by itself asks for it. */
const SCOPE = "openid profile accounts:read accounts:write accounts:operate";

/** Null where nobody signs in: it is not configured, or so that a token would travel over a plain network. */
export function signInOf(env: SignInEnv): SignIn | null {
  const { AUTH_ISSUER, AUTH_AUDIENCE, CONSOLE_CLIENT_ID, CONSOLE_SCOPE } = env;
  if (!AUTH_ISSUER || !CONSOLE_CLIENT_ID || !isPrivate(AUTH_ISSUER)) return null;
  return {
    issuer: AUTH_ISSUER,
    clientId: CONSOLE_CLIENT_ID,
    scope: CONSOLE_SCOPE || SCOPE,
    audience: AUTH_AUDIENCE || null,
  };
}

/** Where the page may send requests to beside its own origin. */
export const issuerOrigin = ({ issuer }: SignIn): string => new URL(issuer).origin;
