// The floor of a view: a batch of messages into one table, a row or a page of rows out of it.

import { Hono } from "hono";
import type { FloorMessage } from "./command.ts";

interface FloorEnv {
  readonly FLOOR_VIEWS: D1Database;
}

/** As many as a page of the system's list has. */
const PAGE_ROWS = 50;

const app = new Hono<{ Bindings: FloorEnv }>();

app.get("/v1/accounts/:accountNumber", async ({ req, env, json, notFound }) => {
  const row = await env.FLOOR_VIEWS.prepare("SELECT * FROM accounts WHERE account_number = ?1")
    .bind(req.param("accountNumber"))
    .first();
  return row === null ? notFound() : json(row);
});

app.get("/v1/accounts", async ({ env, json }) => {
  const { results } = await env.FLOOR_VIEWS.prepare("SELECT * FROM accounts ORDER BY account_number LIMIT ?1")
    .bind(PAGE_ROWS)
    .all();
  return json({ items: results });
});

export default {
  fetch: app.fetch,
  async queue(batch: MessageBatch<FloorMessage>, env: FloorEnv): Promise<void> {
    await env.FLOOR_VIEWS.prepare(
      `INSERT INTO accounts (account_number, version, body)
       SELECT value ->> 'accountNumber', value ->> 'version', value ->> 'body' FROM json_each(?1) WHERE TRUE
       ON CONFLICT (account_number) DO UPDATE SET version = max(version, excluded.version), body = excluded.body`,
    )
      .bind(JSON.stringify(batch.messages.map(({ body }) => body)))
      .run();
  },
};
