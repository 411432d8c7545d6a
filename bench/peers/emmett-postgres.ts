// Peer: Emmett on PostgreSQL, with the inline projection that its documentation shows (Pongo, one document a stream).

import { projections } from "@event-driven-io/emmett";
import {
  getPostgreSQLEventStore,
  pongoSingleStreamProjection,
  rebuildPostgreSQLProjections,
} from "@event-driven-io/emmett-postgresql";
import { pongoClient } from "@event-driven-io/pongo";
import pg from "pg";
import type { Account } from "../../src/account/account.ts";
import { type EmmettEvent, EVENT_TYPES, evolveState, execute, fill } from "./emmett-events.ts";
import { servePeer } from "./peer.ts";

/** As many as the bench has connections. */
const POOL_CONNECTIONS = 32;
const COLLECTION = "accounts";

const connectionString = process.env.PEER_DATABASE ?? "";
const pool = new pg.Pool({ connectionString, max: POOL_CONNECTIONS });

type AccountDocument = { account: Account };

const accounts = pongoSingleStreamProjection<AccountDocument, EmmettEvent>({
  collectionName: COLLECTION,
  canHandle: EVENT_TYPES,
  evolve: (document: AccountDocument | null, event: EmmettEvent) => {
    const { account } = evolveState({ account: document?.account ?? null }, event);
    return account === null ? null : { account };
  },
});

const store = getPostgreSQLEventStore(connectionString, {
  projections: projections.inline([accounts]),
  connectionOptions: { pool },
});
const documents = pongoClient(connectionString, { connectionOptions: { pool } })
  .db()
  .collection<AccountDocument>(COLLECTION);
await store.schema.migrate();
// The first append makes the projection's table, and several first ones at the same time run into each other.
await execute(store, "first", { type: "create", userId: 1, defaultAccount: false });

servePeer({
  execute: (accountNumber, command) => execute(store, accountNumber, command),
  read: async (accountNumber) => (await documents.findOne({ _id: accountNumber }))?.account ?? null,
  fill: (accountNumber, events) => fill(store, accountNumber, events),
  async rebuild() {
    const consumer = rebuildPostgreSQLProjections({ connectionString, projection: accounts });
    await consumer.start();
    await consumer.close();
  },
  forget: () => store.schema.dangerous.truncate({ resetSequences: true, truncateProjections: true }),
});
