// The plain way, for the cost table: what one writes first. An outbox row inserted and deleted, an alarm and an index per
// command, a message and a view write per event. It is priced beside the system, in the same run.

import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { metered, meterObject, meterObjects } from "../meter/metered-worker.ts";

interface PlainEnv {
  readonly OBJECTS: DurableObjectNamespace<PlainObject>;
  readonly PLAIN_EVENTS: Queue<PlainEvent>;
  readonly PLAIN_VIEWS: D1Database;
}

interface PlainEvent {
  readonly id: string;
  readonly accountNumber: string;
  readonly version: number;
  readonly type: string;
  readonly createdAt: number;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, version INTEGER NOT NULL, event TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_version ON events (version);
  CREATE TABLE IF NOT EXISTS outbox (version INTEGER PRIMARY KEY, event TEXT NOT NULL);
`;

export class PlainObject extends DurableObject<PlainEnv> {
  constructor(ctx: DurableObjectState, env: PlainEnv) {
    meterObject(ctx, env);
    super(ctx, env);
    ctx.storage.sql.exec(TABLES);
  }

  async execute(accountNumber: string, type: string): Promise<number> {
    const { sql } = this.ctx.storage;
    const { version } = sql
      .exec<{ version: number }>("SELECT coalesce(max(version), 0) + 1 AS version FROM events")
      .one();
    const event = { id: `${accountNumber}:${version}`, accountNumber, version, type, createdAt: Date.now() };
    const text = JSON.stringify(event);
    sql.exec("INSERT INTO events (id, version, event) VALUES (?, ?, ?)", event.id, version, text);
    sql.exec("INSERT INTO outbox (version, event) VALUES (?, ?)", version, text);
    await this.ctx.storage.setAlarm(Date.now());
    return version;
  }

  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage;
    const rows = sql
      .exec<{ version: number; event: string }>("SELECT * FROM outbox ORDER BY version")
      .toArray();
    for (const { version, event } of rows) {
      await this.env.PLAIN_EVENTS.send(JSON.parse(event));
      sql.exec("DELETE FROM outbox WHERE version = ?", version);
    }
  }
}

meterObjects(PlainObject);

const app = new Hono<{ Bindings: PlainEnv }>();

app.post("/v1/accounts", async ({ req, env, json }) => {
  const { accountNumber } = await req.json<{ accountNumber: string }>();
  return json({ version: await env.OBJECTS.getByName(accountNumber).execute(accountNumber, "create") }, 201);
});

app.post("/v1/accounts/:accountNumber/commands/:command", async ({ req, env, json }) => {
  const { accountNumber, command } = req.param();
  return json({ version: await env.OBJECTS.getByName(accountNumber).execute(accountNumber, command) });
});

app.get("/v1/accounts/:accountNumber", async ({ req, env, json, notFound }) => {
  const row = await env.PLAIN_VIEWS.prepare("SELECT * FROM accounts WHERE account_number = ?1")
    .bind(req.param("accountNumber"))
    .first();
  return row === null ? notFound() : json(row);
});

export default metered<PlainEnv>(
  {
    fetch: app.fetch,
    async queue(batch, env) {
      for (const message of batch.messages) {
        await project(env.PLAIN_VIEWS, JSON.stringify(message.body));
        message.ack();
      }
    },
  },
  true,
);

async function project(views: D1Database, event: string): Promise<void> {
  await views.batch([
    views
      .prepare(
        `INSERT INTO accounts SELECT ?1 ->> 'accountNumber', ?1 ->> 'type', ?1 ->> 'createdAt', ?1 ->> 'version' WHERE TRUE
         ON CONFLICT (account_number) DO UPDATE SET
           status = excluded.status, last_modified = excluded.last_modified, version = excluded.version`,
      )
      .bind(event),
    views
      .prepare(
        "INSERT INTO feed (account_number, version, event) VALUES (?1 ->> 'accountNumber', ?1 ->> 'version', ?1)",
      )
      .bind(event),
  ]);
}
