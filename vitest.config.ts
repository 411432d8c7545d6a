import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/long-first.ts";

export default defineConfig({
  test: {
    // The Workers log a line for each thing they do; it is worth reading where a test fails.
    silent: "passed-only",
    // Two more than there are cores: most of these tests wait, for Workers to start or for what happens by itself.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          isolate: false,
          include: ["test/{account,client,event-sourcing,reactions}/**/*.test.ts"],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./test/workerd/wrangler.toml" },
            miniflare: {
              bindings: {
                // As `npm start` has it. Who may come in is what test/http/authentication.test.ts is about.
                OPEN_ON_LOOPBACK: "true",
                VIEWS_MIGRATIONS: await readD1Migrations("./src/views/migrations"),
                OPERATIONS_MIGRATIONS: await readD1Migrations("./src/processor/migrations"),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          // One runtime after the other costs more than most files: they share one, so each restores what it replaces.
          isolate: false,
          restoreMocks: true,
          // What an object writes is sent on from its own context: one that is reset meanwhile leaves a promise that never completes,
          // and its file never ends (workers-sdk issue 15498). So it goes straight out, also where a test passes.
          disableConsoleIntercept: true,
          globalSetup: "test/workerd/odd-receivers.ts",
          include: ["test/{command,processor,query,views,http,edge,simulation,functions}/**/*.test.ts"],
          // No test is about speed, and the machine may be busy.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          // So that wrangler is loaded once in a process.
          isolate: false,
          // No look-up on the network at each start of the Workers.
          env: { CLOUDFLARE_CF_FETCH_ENABLED: "false" },
          include: ["test/{system,tools,bench}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "console",
          include: ["test/console/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
