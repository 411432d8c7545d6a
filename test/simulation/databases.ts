// The databases of the runs: the real migrations, once, and no rows of an earlier run.

import { applyD1Migrations, env } from "cloudflare:test";

export async function prepareDatabases(): Promise<void> {
  await applyD1Migrations(env.VIEWS, env.VIEWS_MIGRATIONS);
  await applyD1Migrations(env.OPERATIONS, env.OPERATIONS_MIGRATIONS);
}

export async function emptyDatabases(): Promise<void> {
  await env.VIEWS.batch(
    ["accounts", "feed_chunks"].map((table) => env.VIEWS.prepare(`DELETE FROM ${table}`)),
  );
  await env.OPERATIONS.batch(
    ["differences", "directory", "parked", "unreadable_messages", "walk_ranges", "walks"].map((table) =>
      env.OPERATIONS.prepare(`DELETE FROM ${table}`),
    ),
  );
}
