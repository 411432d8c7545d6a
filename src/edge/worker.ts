// The edge Worker: the front door. By method and path alone it leads each request to the Worker that answers it.

import type { Context } from "hono";
import { jsonAnswer } from "../http/answers.ts";
import { allow, createApp, type HttpEnv, ProblemError } from "../http/app.ts";
import { CONTRACT_PATH } from "../http/contract-route.ts";
import { UNAVAILABLE } from "../http/problems.ts";
import { traceparentFor } from "../http/tracing.ts";
import { CONSOLE_PATHS } from "./console.ts";
import { answerMissing, consoleFile, consolePage } from "./console-page.ts";
import { joinContract } from "./contract.ts";
import { crossOrigin } from "./cross-origin.ts";
import { DOCS_PAGE, DOCS_POLICY } from "./docs-page.ts";
import { healthOf } from "./health.ts";
import type { EdgeEnv, Part } from "./parts.ts";

type EdgeContext = Context<HttpEnv<EdgeEnv>>;

/** A document changes with a deploy; until it is fetched again, this long, it may be the one before. */
const DOCUMENT_CACHE_CONTROL = "public, max-age=60";

const app = createApp<EdgeEnv>();

app.use(crossOrigin);

app.all("/v1/commands", (context) => forward(context, context.env.COMMAND));
app.all("/v1/accounts/:accountNumber/commands/:command", (context) => forward(context, context.env.COMMAND));
app.post("/v1/accounts", (context) => forward(context, context.env.COMMAND));
app.all("/v1/operations/*", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/inbox/*", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/subscriptions/*", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/map", (context) => forward(context, context.env.PROCESSOR));
app.all("/v1/*", (context) => forward(context, context.env.QUERY));

app.get("/health", async (context) => {
  const health = await healthOf(context.env);
  return jsonAnswer(health, health.status === "ok" ? 200 : 503);
});
app.all("/health", allow("GET", "HEAD"));

app.get(CONTRACT_PATH, async (context) => {
  const contract = await joinContract(context.env);
  if (contract === null) throw new ProblemError(UNAVAILABLE);
  return jsonAnswer(contract, 200, { "Cache-Control": DOCUMENT_CACHE_CONTROL });
});
app.all(CONTRACT_PATH, allow("GET", "HEAD"));

app.get("/asyncapi.json", async (context) => {
  const response = await forward(context, context.env.PROCESSOR);
  if (!response.ok) throw new ProblemError(UNAVAILABLE);
  // A copy, because the headers of what another Worker answered can't be set.
  const copy = new Response(response.body, response);
  copy.headers.set("Content-Type", "application/json");
  copy.headers.set("Cache-Control", DOCUMENT_CACHE_CONTROL);
  return copy;
});
app.all("/asyncapi.json", allow("GET", "HEAD"));

app.get("/docs", (context) => {
  context.header("Content-Security-Policy", DOCS_POLICY);
  return context.html(DOCS_PAGE);
});
app.all("/docs", allow("GET", "HEAD"));
app.get("/docs/:file", async (context) => {
  const asset = await context.env.ASSETS.fetch(context.req.raw);
  // A copy, because headers are added to it.
  return asset.status === 404 ? context.notFound() : new Response(asset.body, asset);
});

for (const path of CONSOLE_PATHS) {
  app.get(path, (context) => consolePage(context));
  app.all(path, allow("GET", "HEAD"));
}
app.get("/console/:file", consoleFile);
app.notFound(answerMissing);

export default app;

/** As it came, the body as a stream; with a `traceparent`, so that every part speaks of one trace. */
async function forward(context: EdgeContext, part: Part): Promise<Response> {
  const request = context.req.raw;
  const incoming = request.headers.get("traceparent") ?? undefined;
  const traceparent = traceparentFor(context.get("traceId"), incoming);
  const response = await part.fetch(
    traceparent === incoming ? request : withTraceparent(request, traceparent),
  );
  // No part answers 500 by itself: this is a platform's page about one that crashed.
  if (response.status === 500) throw new ProblemError(UNAVAILABLE);
  context.set("answeredElsewhere", true);
  return response;
}

function withTraceparent(request: Request, traceparent: string): Request {
  const copy = new Request(request);
  copy.headers.set("traceparent", traceparent);
  return copy;
}
