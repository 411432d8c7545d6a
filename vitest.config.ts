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
          include: ["test/account/**/*.test.ts", "test/event-sourcing/**/*.test.ts"],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./test/workerd/wrangler.toml" },
            miniflare: {
              bindings: {
                VIEWS_MIGRATIONS: await readD1Migrations("./src/views/migrations"),
                OPERATIONS_MIGRATIONS: await readD1Migrations("./src/processor/migrations"),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/{command,processor,query,views,http,edge,simulation}/**/*.test.ts"],
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
    ],
  },
});
