// The databases of the tests inside workerd: the real migrations, and no rows of an earlier test.

import { applyD1Migrations, env } from "cloudflare:test";
import { beforeEach } from "vitest";
import { Meter } from "../../bench/meter/meter.ts";
import type { Units } from "../../bench/meter/units.ts";
import { unmarkFollowed } from "../../src/views/followed.ts";

const OPERATIONS_TABLES = [
  "differences",
  "directory",
  "parked",
  "unreadable_messages",
  "walk_ranges",
  "walks",
  "inbox",
  "subscription_waiting",
  "subscriptions",
  "functions",
  "reactions",
  "users",
];

export function useEmptyViews(): D1Database {
  beforeEach(async () => {
    await applyD1Migrations(env.VIEWS, env.VIEWS_MIGRATIONS);
    await empty(env.VIEWS, ["accounts", "feed_chunks"]);
    // Another test's subscriptions are no one's here. The hub's own mark is left: it remembers that it made it.
    await unmarkFollowed(env.VIEWS, "subscriptions");
    await applyD1Migrations(env.OPERATIONS, env.OPERATIONS_MIGRATIONS);
    await empty(env.OPERATIONS, OPERATIONS_TABLES);
  });
  return env.VIEWS;
}

/** What both databases are billed for while `run` goes on. */
export async function billedDatabaseRows(
  run: () => Promise<unknown>,
): Promise<Pick<Units, "databaseRowsRead" | "databaseRowsWritten">> {
  const meter = new Meter();
  meter.meterDatabase(env.VIEWS);
  try {
    await run();
    return meter.take();
  } finally {
    meter.stop();
  }
}

async function empty(database: D1Database, tables: readonly string[]): Promise<void> {
  await database.batch(tables.map((table) => database.prepare(`DELETE FROM ${table}`)));
}
