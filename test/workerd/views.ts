// The views database of the tests inside workerd: the real migrations, and no rows of an earlier test.

import { applyD1Migrations, env } from "cloudflare:test";
import { beforeEach } from "vitest";

export function useEmptyViews(): D1Database {
  beforeEach(async () => {
    await applyD1Migrations(env.VIEWS, env.VIEWS_MIGRATIONS);
    await env.VIEWS.batch(
      ["accounts", "status_totals", "feed"].map((table) => env.VIEWS.prepare(`DELETE FROM ${table}`)),
    );
  });
  return env.VIEWS;
}
