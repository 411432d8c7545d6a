// `npm run verify` against a running system whose views were tampered with.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runTool } from "../tools/run-tool.ts";
import { System } from "./system.ts";

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it("verify says what differs, and fails until it is mended", async () => {
  const url = (await system.url()).origin;
  await system.post("/v1/accounts", { userId: 1, accountNumber: "V-1" });
  await vi.waitFor(async () => expect((await system.get("/v1/accounts/V-1")).status).toBe(200), {
    timeout: 10_000,
  });
  await (await system.views()).exec("UPDATE accounts SET status = 'ACCOUNT_CLOSED'");

  const found = await runTool("verify", "--url", url);
  expect(found.stdout).toContain('V-1 status: the view says "ACCOUNT_CLOSED", the log "ACCOUNT_PENDING"');
  expect(found.status).toBe(1);
  const mended = await runTool("verify", "--repair", "--url", url);
  expect(mended.stdout).toContain("(mended)");
  expect(mended.status).toBe(0);
  expect((await runTool("verify", "--url", url)).stdout).toContain("Views and logs agree");

  // More than fit one page.
  const turns = Array.from({ length: 100 }, (_, index) => ({
    command: index % 2 === 0 ? "make-default" : "clear-default",
    accountNumber: "V-1",
  }));
  for (let round = 0; round < 6; round++) await system.post("/v1/commands", turns);
  await vi.waitFor(async () => expect((await system.get("/v1/accounts/V-1")).body.version).toBe(601), {
    timeout: 10_000,
  });
  await (await system.views()).exec("DELETE FROM feed_chunks WHERE last_position > 1");
  const { stdout, status } = await runTool("verify", "--repair", "--url", url);
  expect(stdout.match(/^V-1 feed .*\(mended\)$/gm)).toHaveLength(600);
  expect(status).toBe(0);
});
