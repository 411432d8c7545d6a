// Authentication: every request to /v1 comes from someone, by a bearer token that this Worker verifies itself.
// Closed by default: without an issuer nobody gets in, but for `npm start` on the developer's own machine.

import type { Context, Next } from "hono";
import { isLoopback, isPrivate } from "./addresses.ts";
import { type HttpEnv, ProblemError } from "./app.ts";
import type { Caller } from "./caller.ts";
import { IssuerUnavailable } from "./issuer.ts";
import { logFailure } from "./log-line.ts";
import {
  AUTHENTICATION_NOT_CONFIGURED,
  forbidden,
  type Problem,
  RATE_LIMITED,
  UNAVAILABLE,
  unauthenticated,
} from "./problems.ts";
import { type TrustedIssuer, verifyToken } from "./token.ts";

export interface AuthenticationEnv {
  readonly AUTH_ISSUER?: string;
  readonly AUTH_AUDIENCE?: string;
  /** Where the issuer's keys are; OpenID discovery finds them without it. */
  readonly AUTH_JWKS_URL?: string;
  /** "true" lets in whoever speaks to a loopback host name. Only `npm start` sets it. */
  readonly OPEN_ON_LOOPBACK?: string;
  /** Requests per caller. Absent where a test is about something else. */
  readonly REQUESTS_PER_CALLER?: RateLimit;
}

type AuthenticationContext = Context<HttpEnv<AuthenticationEnv>>;

/** Who asks in open mode: someone at this machine. They may do anything. */
const ANYONE: Caller = {
  subject: "anonymous",
  scopes: ["accounts:read", "accounts:write", "accounts:operate", "inbox:write"],
  expiresAt: null,
};

const READING: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** The middleware of all of /v1: behind it there is a `caller`. */
export async function authenticate(context: AuthenticationContext, next: Next): Promise<void> {
  context.set("caller", isOpen(context.env, context.req.url) ? anyone(context) : await callerOf(context));
  await next();
}

/**
 * An issuer, however wrongly configured, ends open mode. The host name is what the request's Host header says, so it is
 * no proof of where the client is: from outside nobody can connect, since `npm start` listens on loopback. It holds off
 * a tunnel to this machine, and a web page whose own name leads to 127.0.0.1 (DNS rebinding).
 */
export function isOpen({ AUTH_ISSUER, OPEN_ON_LOOPBACK }: AuthenticationEnv, url: string): boolean {
  return !AUTH_ISSUER && OPEN_ON_LOOPBACK === "true" && isLoopback(url);
}

/** A page from elsewhere, in a browser on this machine, can read no answer; a command would be carried out all the same. */
function anyone({ req }: AuthenticationContext): Caller {
  const origin = req.header("Origin");
  if (origin !== undefined && !isLoopback(origin) && !READING.includes(req.method)) {
    throw new ProblemError(forbidden("Pages from elsewhere change nothing here", []));
  }
  return ANYONE;
}

async function callerOf(context: AuthenticationContext): Promise<Caller> {
  const trusted = trustedIssuer(context.env);
  if (trusted === null) throw new ProblemError(AUTHENTICATION_NOT_CONFIGURED);
  const header = context.req.header("Authorization");
  // The scheme's case does not matter (RFC 9110, 11.1).
  const [, token] = /^Bearer +([^\s]+)$/i.exec(header ?? "") ?? [];
  if (token === undefined) return refuse(context, unauthenticated(null));
  const verified = await verifyToken(token, trusted).catch((error) => {
    if (!(error instanceof IssuerUnavailable)) throw error;
    logFailure("issuer", { traceId: context.get("traceId") }, error);
    return refuse(context, UNAVAILABLE);
  });
  if (verified.kind === "refused") return refuse(context, unauthenticated(verified.reason));
  await limitRate(context.env, `subject ${verified.caller.subject}`);
  return verified.caller;
}

/** Of someone who is not known. Who fails again and again is not told why for ever. */
export async function refuse<Bindings extends AuthenticationEnv>(
  context: Context<HttpEnv<Bindings>>,
  problem: Problem,
): Promise<never> {
  // Cloudflare sets it; what a client sends under this name does not arrive.
  await limitRate(context.env, `address ${context.req.header("CF-Connecting-IP")}`);
  throw new ProblemError(problem);
}

async function limitRate({ REQUESTS_PER_CALLER }: AuthenticationEnv, key: string): Promise<void> {
  const outcome = await REQUESTS_PER_CALLER?.limit({ key });
  if (outcome?.success === false) throw new ProblemError(RATE_LIMITED);
}

/** Null where it is not configured, or so that tokens would prove nothing: without an audience, or over a plain network. */
function trustedIssuer({
  AUTH_ISSUER,
  AUTH_AUDIENCE,
  AUTH_JWKS_URL,
}: AuthenticationEnv): TrustedIssuer | null {
  if (!AUTH_ISSUER || !AUTH_AUDIENCE) return null;
  const jwksUrl = AUTH_JWKS_URL || null;
  if (![AUTH_ISSUER, jwksUrl ?? AUTH_ISSUER].every(isPrivate)) return null;
  return { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE, jwksUrl };
}
