// `npm start`, then `npm run demo`: what the README promises to whoever clones the repository.

import { expect, it } from "vitest";
import { runTool } from "../tools/run-tool.ts";
import { freePort, useLocalSystem } from "./local-system.ts";

const system = useLocalSystem();

it("the demo tells an account's whole life, and ends well", async () => {
  const url = await system.start();
  const { status, stdout, stderr } = await runTool("demo", "--url", url);

  expect(stderr).toBe("");
  expect(status).toBe(0);
  for (const told of [
    "ACCOUNT_CREATED, version 1, ACCOUNT_PENDING",
    "version 3, ACCOUNT_ACTIVE",
    "no command of ours",
    "409 illegal-transition",
    "Idempotency-Replayed: true",
    "7  ACCOUNT_DEFAULT_CLEARED",
    "version 2, ACCOUNT_CONFIRMED",
    "ACCOUNT_CLOSED, version 8",
  ]) {
    expect(stdout).toContain(told);
  }
});

it("another start on the same state is refused, also at another port", async () => {
  const other = await runTool("start", "--port", String(await freePort()), "--persist-to", system.state());
  expect(other.stderr).toContain("is in use by another start");
  expect(other.status).toBe(1);
});
