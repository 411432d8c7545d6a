import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
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
              bindings: { VIEWS_MIGRATIONS: await readD1Migrations("./src/views/migrations") },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/{command,processor,query,views,http,edge}/**/*.test.ts"],
        },
      },
    ],
  },
});
