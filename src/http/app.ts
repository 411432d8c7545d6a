// What every HTTP-speaking Worker starts from: a Hono app that traces, and answers whatever goes wrong as a problem.

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { protectBrowsers } from "./browser-headers.ts";
import type { Caller } from "./caller.ts";
import { logFailure, logLine } from "./log-line.ts";
import { methodNotAllowed, type Problem, problemResponse, UNAVAILABLE } from "./problems.ts";
import { traceIdOf } from "./tracing.ts";

export interface HttpEnv<Bindings extends object> {
  Bindings: Bindings;
  Variables: {
    traceId: string;
    /** Of every request to /v1, behind `authenticate`. */
    caller: Caller;
    /** Of every request behind `requireScope`; see `ownerOf`. */
    owner?: number | null;
    /**
     * Another Worker answered, wrote the request's log line, and set the headers for browsers: once each is enough, and
     * an answer that is left as it is passes through without being copied.
     */
    answeredElsewhere?: true;
    /** What the request's log line is to tell beside the ordinary. */
    told?: Readonly<Record<string, unknown>>;
  };
}

/** Thrown by what reads a request, answered by the app. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function createApp<Bindings extends object>(): Hono<HttpEnv<Bindings>> {
  const app = new Hono<HttpEnv<Bindings>>();
  app.use(async (context, next) => {
    const startedAt = Date.now();
    const traceId = traceIdOf(context.req.header("traceparent"));
    context.set("traceId", traceId);
    await next();
    if (context.get("answeredElsewhere")) return;
    protectBrowsers(context.res.headers);
    logLine("request", {
      traceId,
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      subject: context.get("caller")?.subject,
      ...context.get("told"),
      durationMs: Date.now() - startedAt,
    });
  });
  app.notFound((context) =>
    problemResponse(
      { code: "not-found", detail: `Nothing is at ${context.req.path}` },
      context.get("traceId"),
    ),
  );
  app.onError((error, context) => {
    if (error instanceof ProblemError) return problemResponse(error.problem, context.get("traceId"));
    // Whoever runs the service reads the cause in the log, by the trace id; a caller learns no internals.
    const { method, path } = context.req;
    logFailure("failed request", { traceId: context.get("traceId"), method, path }, error);
    return problemResponse(UNAVAILABLE, context.get("traceId"));
  });
  return app;
}

/** The last handler of a path: every method that the path does not take. */
export function allow(...methods: readonly string[]): MiddlewareHandler<HttpEnv<object>> {
  return async (context: Context<HttpEnv<object>>) =>
    problemResponse(methodNotAllowed(methods), context.get("traceId"));
}
