// The floor of a command: the least that this runtime can do. One row in an object, one message, one reply.

import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

interface FloorEnv {
  readonly OBJECTS: DurableObjectNamespace<FloorObject>;
  readonly EVENTS: Queue<FloorMessage>;
}

export interface FloorMessage {
  readonly accountNumber: string;
  readonly version: number;
  readonly body: string;
}

export class FloorObject extends DurableObject<FloorEnv> {
  constructor(ctx: DurableObjectState, env: FloorEnv) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS events (version INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    );
  }

  insert(accountNumber: string, body: string): number {
    const { version } = this.ctx.storage.sql
      .exec<{ version: number }>("INSERT INTO events (body) VALUES (?) RETURNING version", body)
      .one();
    this.ctx.waitUntil(this.env.EVENTS.send({ accountNumber, version, body }));
    return version;
  }
}

const app = new Hono<{ Bindings: FloorEnv }>();

app.post("/v1/accounts", async ({ req, env, json }) => {
  const { accountNumber } = await req.json<{ accountNumber: string }>();
  return json({ version: await env.OBJECTS.getByName(accountNumber).insert(accountNumber, "create") }, 201);
});

app.post("/v1/accounts/:accountNumber/commands/:command", async ({ req, env, json }) => {
  const { accountNumber, command } = req.param();
  return json({ version: await env.OBJECTS.getByName(accountNumber).insert(accountNumber, command) });
});

export default app;
