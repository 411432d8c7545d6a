// The edge Worker: the front door. By method and path alone it leads each request to the Worker that answers it.

import type { Context } from "hono";
import { allow, createApp, type HttpEnv, ProblemError } from "../http/app.ts";
import { UNAVAILABLE } from "../http/problems.ts";
import { traceparentFor } from "../http/tracing.ts";
import { healthOf } from "./health.ts";
import type { EdgeEnv, Part } from "./parts.ts";
import { START_PAGE_POLICY, startPage } from "./start-page.ts";

type EdgeContext = Context<HttpEnv<EdgeEnv>>;

const app = createApp<EdgeEnv>();

app.use(async (context, next) => {
  await next();
  context.header("X-Content-Type-Options", "nosniff");
});

app.all("/v1/commands", (context) => forward(context, context.env.COMMAND));
app.all("/v1/accounts/:accountNumber/commands/:command", (context) => forward(context, context.env.COMMAND));
app.post("/v1/accounts", (context) => forward(context, context.env.COMMAND));
app.all("/v1/operations/*", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/inbox/*", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/*", (context) => forward(context, context.env.QUERY));

app.get("/health", async (context) => {
  const health = await healthOf(context.env);
  context.header("Cache-Control", "no-store");
  return context.json(health, health.status === "ok" ? 200 : 503);
});
app.all("/health", allow("GET", "HEAD"));

app.get("/", (context) => {
  context.header("Content-Security-Policy", START_PAGE_POLICY);
  return context.html(startPage(new URL(context.req.url).origin));
});
app.all("/", allow("GET", "HEAD"));

export default app;

/** As it came, the body as a stream; with a `traceparent`, so that every part speaks of one trace. */
async function forward(context: EdgeContext, part: Part): Promise<Response> {
  const headers = new Headers(context.req.raw.headers);
  headers.set("traceparent", traceparentFor(context.get("traceId"), context.req.header("traceparent")));
  const response = await part.fetch(new Request(context.req.raw, { headers }));
  // No part answers 500 by itself: this is a platform's page about one that crashed.
  if (response.status === 500) throw new ProblemError(UNAVAILABLE);
  return response;
}
