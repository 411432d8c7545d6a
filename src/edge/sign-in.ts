// How people sign in at the console: with whom, as which client, and what they ask for. From the edge's variables.

import { isPrivate } from "../http/addresses.ts";
import { logLine } from "../http/log-line.ts";

export interface SignInEnv {
  /** The one that the Workers trust: AUTH_ISSUER and AUTH_AUDIENCE as they have them. */
  readonly AUTH_ISSUER?: string;
  readonly AUTH_AUDIENCE?: string;
  /** What the issuer calls the console: a public client, which has no secret. Without it nobody signs in. */
  readonly CONSOLE_CLIENT_ID?: string;
  /** What the console asks for, with spaces between. */
  readonly CONSOLE_SCOPE?: string;
  /** Where the issuer's token endpoint is, where that is at another origin than the issuer; commas between several. */
  readonly CONSOLE_TOKEN_ORIGINS?: string;
}

/** As the console reads it: src/console/api/sign-in-settings.ts. */
export interface SignIn {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** What tokens are to be for (RFC 8707); null where the issuer goes by scopes alone. */
  readonly audience: string | null;
  /** Where the page may send requests to beside its own origin: the issuer's first. */
  readonly origins: readonly string[];
}

/** No `offline_access`: who wants the console to renew tokens by itself asks for it. */
const SCOPE = "openid profile accounts:read accounts:write accounts:operate";

/** Null where nobody signs in: it is not configured, or so that a token would travel over a plain network. */
export function signInOf(env: SignInEnv): SignIn | null {
  const { AUTH_ISSUER, AUTH_AUDIENCE, CONSOLE_CLIENT_ID, CONSOLE_SCOPE, CONSOLE_TOKEN_ORIGINS = "" } = env;
  if (!AUTH_ISSUER || !CONSOLE_CLIENT_ID || !isPrivate(AUTH_ISSUER)) return null;
  return {
    issuer: AUTH_ISSUER,
    clientId: CONSOLE_CLIENT_ID,
    scope: CONSOLE_SCOPE || SCOPE,
    audience: AUTH_AUDIENCE || null,
    origins: [new URL(AUTH_ISSUER).origin, ...originsIn(CONSOLE_TOKEN_ORIGINS)],
  };
}

/** What is no origin, or one that a token would travel to over a plain network, is left out, and the log says so. */
function originsIn(text: string): string[] {
  const named = text.split(",").map((part) => part.trim());
  return named.filter((part) => {
    const isOrigin = isPrivate(part) && URL.parse(part)?.origin === part;
    if (!isOrigin && part !== "") logLine("no origin in CONSOLE_TOKEN_ORIGINS", { given: part });
    return isOrigin;
  });
}
