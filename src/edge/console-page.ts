// The console at the edge: one page for every screen, and the files that it loads.

import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { HttpEnv } from "../http/app.ts";
import { problemResponse } from "../http/problems.ts";
import type { EdgeEnv } from "./parts.ts";
import { type SignIn, signInOf } from "./sign-in.ts";

/** Nothing is loaded from another origin, no text of the page is ever run, and nobody is asked but the service and the issuer. */
const policyFor = (signIn: SignIn | null): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...(signIn?.origins ?? [])].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** A file is named by what is in it, and so is another one whenever it changes. */
const FILE_NAME = /-[\w-]{8}\.[a-z0-9]+$/;
const FILE_CACHE_CONTROL = "public, max-age=31536000, immutable";
/** The page names the files, so an old one would ask for what is no longer there. */
const PAGE_CACHE_CONTROL = "no-cache";

/** In src/console/index.html. */
const SIGN_IN_PLACE = 'meta[name="sign-in"]';

type EdgeContext = Context<HttpEnv<EdgeEnv>>;

export async function consolePage(context: EdgeContext, status: 200 | 404 = 200): Promise<Response> {
  const address = new URL("/console/index.html", context.req.url);
  const page = await context.env.ASSETS.fetch(new Request(address));
  const signIn = signInOf(context.env);
  const answer = new Response(page.body, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policyFor(signIn),
      "Cache-Control": PAGE_CACHE_CONTROL,
    },
  });
  return signIn === null ? answer : withSignIn(answer, signIn);
}

/** In the page itself, so that the console knows before its first request. */
function withSignIn(page: Response, signIn: SignIn): Response {
  return new HTMLRewriter()
    .on(SIGN_IN_PLACE, { element: (meta) => void meta.setAttribute("content", JSON.stringify(signIn)) })
    .transform(page);
}

export async function consoleFile(context: EdgeContext): Promise<Response> {
  const file = FILE_NAME.test(context.req.path) ? await context.env.ASSETS.fetch(context.req.raw) : null;
  if (file === null || file.status === 404) return context.notFound();
  // A copy, because headers are added to it.
  const answer = new Response(file.body, file);
  answer.headers.set("Cache-Control", FILE_CACHE_CONTROL);
  return answer;
}

/** Whoever looks for a page gets one that says so; a program gets a problem. */
export async function answerMissing(context: EdgeContext): Promise<Response> {
  const supports = ["application/json", "text/html"];
  const type = accepts(context, { header: "Accept", supports, default: "application/json" });
  const isPage =
    context.req.method === "GET" && type === "text/html" && !context.req.path.startsWith("/console/");
  if (isPage) return consolePage(context, 404);
  return problemResponse(
    { code: "not-found", detail: `Nothing is at ${context.req.path}` },
    context.get("traceId"),
  );
}
