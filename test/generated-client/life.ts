// An account's whole life, by a client that was generated from the contract. Prints what it came to as JSON.

import createClient from "openapi-fetch";
import type { paths } from "./contract.d.ts";

const accountNumber = "GENERATED";
const client = createClient<paths>({ baseUrl: process.argv[2] ?? "" });
const path = { accountNumber };

const opened = await client.POST("/v1/accounts", { body: { userId: 21, accountNumber } });
await client.POST("/v1/accounts/{accountNumber}/commands/confirm", { params: { path } });
await client.POST("/v1/accounts/{accountNumber}/commands/activate", {
  params: { path, header: { "Idempotency-Key": "generated", "If-Match": '"2"' } },
});
const refused = await client.POST("/v1/accounts/{accountNumber}/commands/confirm", { params: { path } });
await client.POST("/v1/accounts/{accountNumber}/commands/suspend", {
  params: { path },
  body: { reason: "chargeback" },
});
const many = await client.POST("/v1/commands", {
  body: [
    { command: "activate", accountNumber, expectedVersion: 4 },
    { command: "make-default", accountNumber },
    { command: "close", accountNumber, reason: "moved" },
  ],
});
const read = await client.GET("/v1/accounts/{accountNumber}", { params: { path, query: { minVersion: 7 } } });
const past = await client.GET("/v1/accounts/{accountNumber}", { params: { path, query: { version: 4 } } });
const log = await client.GET("/v1/accounts/{accountNumber}/events", {
  params: { path, query: { limit: 500 } },
});
const missing = await client.GET("/v1/accounts/{accountNumber}", {
  params: { path: { accountNumber: "none" } },
});

const refusal = refused.error;
console.log(
  JSON.stringify({
    opened: opened.data?.account.status,
    refused: refusal?.code === "illegal-transition" ? refusal.legalCommands : refusal?.code,
    many: many.data?.map((outcome) =>
      "account" in outcome ? outcome.account.version : outcome.problem.code,
    ),
    read: read.data?.status,
    past: past.data?.status,
    log: typeof log.data === "object" ? log.data.items.map(({ type }) => type) : log.data,
    missing: missing.error?.code,
  }),
);
