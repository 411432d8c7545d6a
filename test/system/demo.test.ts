// `npm start`, then `npm run demo`: what the README promises to whoever clones the repository.

import { beforeAll, expect, it, vi } from "vitest";
import { runTool } from "../tools/run-tool.ts";
import { useLocalSystem } from "./local-system.ts";

const VIEW_TIMEOUT_MS = 10_000;

const system = useLocalSystem();

let url: string;
beforeAll(async () => {
  url = await system.start();
});

it("the demo tells an account's whole life, and ends well", async () => {
  const { status, stdout, stderr } = await runTool("demo", "--url", url);

  expect(stderr).toBe("");
  expect(status).toBe(0);
  for (const told of [
    "ACCOUNT_CREATED, version 1, ACCOUNT_PENDING",
    "409 illegal-transition",
    "Idempotency-Replayed: true",
    "7  ACCOUNT_DEFAULT_CLEARED",
    "version 2, ACCOUNT_CONFIRMED",
    "ACCOUNT_CLOSED, version 8",
  ]) {
    expect(stdout).toContain(told);
  }
});

it("a restart finds every account where it was", async () => {
  const accounts = async () => (await fetch(`${url}/v1/accounts`)).text();
  await vi.waitFor(async () => expect(await accounts()).toContain("ACCOUNT_CLOSED"), VIEW_TIMEOUT_MS);
  const before = await accounts();
  await system.kill();
  await system.start();

  expect(await accounts()).toBe(before);
});
