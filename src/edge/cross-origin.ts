// CORS: which other origins' pages may call the API.

import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
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
