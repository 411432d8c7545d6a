import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The Workers log a line for each thing they do; it is worth reading where a test fails.
    silent: "passed-only",
    // The usual is a core less, and most of these tests wait for Workers to start.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
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
          globalSetup: "test/workerd/odd-receivers.ts",
          include: ["test/{command,processor,query,views,http,edge,simulation,functions}/**/*.test.ts"],
          // No test is about speed, and the machine may be busy.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
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
