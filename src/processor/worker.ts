// The processor Worker's entry: batches of the queue `account-events`, and its health.

import { createApp } from "../http/app.ts";
import { consume } from "./consume.ts";
import type { ProcessorEnv } from "./project.ts";

const app = createApp<ProcessorEnv>();

app.get("/health", async (context) => {
  await context.env.VIEWS.prepare("SELECT 1 FROM status_totals").first();
  return context.json({ status: "ok" });
});

export default { fetch: app.fetch, queue: consume };
