// What the edge adds to every answer: the headers that keep browsers from misusing it, and CORS for configured origins.

import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import type { HttpEnv } from "../http/app.ts";
import type { EdgeEnv } from "./parts.ts";

/** A preflight is good for so long; browsers keep it for two hours at most. */
const PREFLIGHT_MAX_AGE_SECONDS = 2 * 60 * 60;

const ALLOWED_HEADERS = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "If-None-Match",
  "Last-Event-ID",
  "traceparent",
];
const EXPOSED_HEADERS = [
  "ETag",
  "Location",
  "Served-From",
  "Idempotency-Replayed",
  "Retry-After",
  "WWW-Authenticate",
];

/**
 * Set without a look at what is there, because each look costs as much as setting. Left out are those that only browsers
 * of long ago knew: Internet Explorer's X-Download-Options and X-XSS-Protection, and one of Flash.
 */
export const securityHeaders = secureHeaders({
  xFrameOptions: "DENY",
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  removePoweredBy: false,
});

const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Of what is no page, nothing is to be run or shown. A page brings a policy of its own. */
export const contentPolicy: MiddlewareHandler<HttpEnv<EdgeEnv>> = async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has("Content-Security-Policy")) headers.set("Content-Security-Policy", NOTHING_POLICY);
};

/** Closed unless origins are configured. Credentials are no part of it: a token is sent by the page's own code. */
export const crossOrigin: MiddlewareHandler<HttpEnv<EdgeEnv>> = async (context, next) => {
  const { CORS_ORIGINS } = context.env;
  if (!CORS_ORIGINS) return next();
  const answer = cors({
    origin: CORS_ORIGINS.split(",").map((origin) => origin.trim()),
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ALLOWED_HEADERS,
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  });
  return answer(context, next);
};
