// Every path that can be read, and what answers it.

import { allow, createApp } from "../http/app.ts";
import { authenticate } from "../http/authentication.ts";
import { answerContract, CONTRACT_PATH } from "../http/contract-route.ts";
import { answerHealth, answers } from "../http/health.ts";
import { requireScope } from "../http/scopes.ts";
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
  app.use("/v1/*", authenticate);

  const mayRead = requireScope("accounts:read", "accounts:self");
  function read(path: string, answer: (context: QueryContext) => Promise<Response>, ...others: string[]) {
    app.get(path, mayRead, answer);
    app.all(path, allow("GET", "HEAD", ...others));
  }
  // The edge Worker leads a POST here to the command Worker.
  read("/v1/accounts", listAllAccounts, "POST");
  read("/v1/accounts/:accountNumber", getAccount);
  read("/v1/accounts/:accountNumber/events", listEvents);
  read("/v1/accounts/:accountNumber/events/:version", getEvent);
  read("/v1/accounts/:accountNumber/commands", getLegalCommands);
  read("/v1/users/:userId/accounts", listUserAccounts);
  read("/v1/feed", getFeed);

  // What all accounts come to is nothing for a user.
  app.get("/v1/status-totals", requireScope("accounts:read"), getStatusTotals);
  app.all("/v1/status-totals", allow("GET", "HEAD"));
  // Whoever signed in may see what there is.
  app.get("/v1", getRoot);
  app.all("/v1", allow("GET", "HEAD"));
  app.get("/health", getHealth);
  app.all("/health", allow("GET", "HEAD"));
  app.get(
    CONTRACT_PATH,
    answerContract(() => import("./contract.ts")),
  );
  return app;
}

/** Healthy is who reads the views: one row at most. */
async function getHealth({ env, var: { traceId } }: QueryContext): Promise<Response> {
  return answerHealth(traceId, { "the views database": answers(() => readStatusTotals(env.VIEWS)) });
}
