// What every peer has in common: the same routes, bodies and checks as the system's, behind Hono on Node.

import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { Account } from "../../src/account/account.ts";
import {
  type AccountCommand,
  accountNumberSchema,
  createSchema,
  isTransitionName,
  TRANSITION_SCHEMAS,
} from "../../src/account/commands.ts";
import type { Refusal } from "../../src/account/refusals.ts";

export type PeerOutcome =
  | { readonly kind: "accepted"; readonly account: Account }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface Peer {
  execute(accountNumber: string, command: AccountCommand): Promise<PeerOutcome>;
  read(accountNumber: string): Promise<Account | null>;
  /** Appends so many events to an account's log, in as large parts as the peer takes. */
  fill?(accountNumber: string, events: number): Promise<void>;
  /** Makes the views anew from the logs. */
  rebuild?(): Promise<void>;
  /** Deletes all logs and views. */
  forget?(): Promise<void>;
}

/** Serves until the bench that started it is gone, and tells it the address. */
export function servePeer(peer: Peer): void {
  const app = new Hono();
  app.post("/v1/accounts", async (context) => {
    const { accountNumber, ...members } = await context.req.json();
    const number = accountNumberSchema.safeParse(accountNumber);
    const command = createSchema.safeParse(members);
    if (!number.success || !command.success) return context.json({ code: "invalid-request" }, 400);
    return answer(context, await peer.execute(number.data, command.data), 201);
  });
  app.post("/v1/accounts/:accountNumber/commands/:command", async (context) => {
    const { accountNumber, command: name } = context.req.param();
    if (!isTransitionName(name)) return context.json({ code: "not-found" }, 404);
    const text = await context.req.text();
    const number = accountNumberSchema.safeParse(accountNumber);
    const command = TRANSITION_SCHEMAS[name].safeParse(text === "" ? {} : JSON.parse(text));
    if (!number.success || !command.success) return context.json({ code: "invalid-request" }, 400);
    return answer(context, await peer.execute(number.data, command.data), 200);
  });
  app.get("/v1/accounts/:accountNumber", async (context) => {
    const account = await peer.read(context.req.param("accountNumber"));
    if (account === null) return context.json({ code: "account-not-found" }, 404);
    return context.json(account, 200, { ETag: `"${account.version}"` });
  });
  app.post("/fill/:accountNumber/:events", async (context) => {
    const { accountNumber, events } = context.req.param();
    await peer.fill?.(accountNumber, Number(events));
    return context.json({});
  });
  app.post("/rebuild", async (context) => {
    await peer.rebuild?.();
    return context.json({});
  });
  app.post("/forget", async (context) => {
    await peer.forget?.();
    return context.json({});
  });
  app.onError((error, context) => {
    console.error(error);
    return context.json({ code: "unavailable" }, 503);
  });
  serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
    process.send?.(`http://127.0.0.1:${port}`),
  );
  process.on("disconnect", () => process.exit(0));
}

function answer(context: Context, outcome: PeerOutcome, status: 200 | 201): Response {
  if (outcome.kind === "refused") return context.json(outcome.refusal, 409);
  const { account } = outcome;
  return context.json({ account }, status, { ETag: `"${account.version}"` });
}
