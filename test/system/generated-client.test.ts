// A client that openapi-typescript generates from the served contract: it compiles, and takes an account through its life.

import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runNode } from "../tools/run-tool.ts";
import { System } from "./system.ts";

const FOLDER = "test/generated-client";
const GENERATE = `${FOLDER}/node_modules/openapi-typescript/bin/cli.js`;

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it("a client generated from the contract compiles, and drives an account's whole life", async () => {
  const { origin } = await system.url();
  const contract = await system.get("/openapi.json");
  await writeFile(`${FOLDER}/contract.json`, JSON.stringify(contract.body));
  const files = [`${FOLDER}/contract.json`, "--output", `${FOLDER}/contract.d.ts`];
  // Else whatever has a default would have to be sent.
  const generated = await runNode(GENERATE, ...files, "--default-non-nullable=false");
  expect([generated.status, generated.stderr]).toEqual([0, expect.not.stringContaining("rror")]);

  const compiled = await runNode("node_modules/typescript/bin/tsc", "-p", FOLDER);
  expect([compiled.stdout, compiled.status]).toEqual(["", 0]);
  const lived = await runNode(`${FOLDER}/life.ts`, origin);
  expect(lived.stderr).toBe("");
  expect(JSON.parse(lived.stdout)).toEqual({
    opened: "ACCOUNT_PENDING",
    refused: ["suspend", "archive", "close", "make-default"],
    many: [5, 6, 7],
    read: "ACCOUNT_CLOSED",
    past: "ACCOUNT_SUSPENDED",
    log: [
      "ACCOUNT_CREATED",
      "ACCOUNT_CONFIRMED",
      "ACCOUNT_ACTIVATED",
      "ACCOUNT_SUSPENDED",
      "ACCOUNT_ACTIVATED",
      "ACCOUNT_MADE_DEFAULT",
      "ACCOUNT_CLOSED",
    ],
    missing: "account-not-found",
  });
});
