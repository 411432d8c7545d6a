// Every path that can be read, and what answers it.

import { allow, createApp } from "../http/app.ts";
import { answerContract, CONTRACT_PATH } from "../http/contract-route.ts";
import { answerHealth } from "../http/health.ts";
import { readStatusTotals } from "../views/status-totals.ts";
import { getAccount } from "./account.ts";
import { listAllAccounts, listUserAccounts } from "./account-lists.ts";
import type { QueryContext, QueryEnv } from "./env.ts";
import { getFeed } from "./feed.ts";
import { getEvent, getLegalCommands, listEvents } from "./log.ts";
import { getRoot } from "./root.ts";
import { getStatusTotals } from "./status-totals.ts";

export function queryRoutes() {
  const app = createApp<QueryEnv>();
  app.use(async (context, next) => {
    await next();
    // An answer is true for an instant. The one that can be revalidated says so itself.
    if (!context.res.headers.has("Cache-Control")) context.header("Cache-Control", "no-store");
  });

  function read(path: string, answer: (context: QueryContext) => Promise<Response>, ...others: string[]) {
    app.get(path, answer);
    app.all(path, allow("GET", "HEAD", ...others));
  }
  read("/v1", getRoot);
  // The edge Worker leads a POST here to the command Worker.
  read("/v1/accounts", listAllAccounts, "POST");
  read("/v1/accounts/:accountNumber", getAccount);
  read("/v1/accounts/:accountNumber/events", listEvents);
  read("/v1/accounts/:accountNumber/events/:version", getEvent);
  read("/v1/accounts/:accountNumber/commands", getLegalCommands);
  read("/v1/users/:userId/accounts", listUserAccounts);
  read("/v1/status-totals", getStatusTotals);
  read("/v1/feed", getFeed);
  read("/health", getHealth);
  app.get(
    CONTRACT_PATH,
    answerContract(() => import("./contract.ts")),
  );
  return app;
}

/** Healthy is who reads the views: one row at most. */
async function getHealth({ env, var: { traceId } }: QueryContext): Promise<Response> {
  return answerHealth(traceId, { "the views database": () => readStatusTotals(env.VIEWS) });
}
