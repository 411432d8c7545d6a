// The processor's health: each of its databases, by name.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";
import { useEmptyViews } from "../workerd/views.ts";

useEmptyViews();
beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

async function health(changed: Partial<Pick<ProcessorEnv, "VIEWS" | "OPERATIONS">> = {}) {
  const response = await worker.fetch(new Request("http://localhost/health"), { ...env, ...changed });
  return { status: response.status, body: await response.json() };
}

/** The database as it is while it can't be asked anything. */
const down = (database: D1Database): D1Database =>
  Object.assign(Object.create(database), {
    prepare: () => database.prepare("SELECT 1 FROM no_such_table"),
  });

it("is well where both databases answer", async () => {
  expect(await health()).toEqual({ status: 200, body: { status: "ok" } });
});

it("names the database that does not answer, and both where none does", async () => {
  expect(await health({ VIEWS: down(env.VIEWS) })).toEqual({
    status: 503,
    body: { status: "the views database does not answer" },
  });
  expect(await health({ OPERATIONS: down(env.OPERATIONS) })).toEqual({
    status: 503,
    body: { status: "the operations database does not answer" },
  });
  expect((await health({ VIEWS: down(env.VIEWS), OPERATIONS: down(env.OPERATIONS) })).body).toEqual({
    status: "the views database does not answer, the operations database does not answer",
  });
});
