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
    ],
  },
});
