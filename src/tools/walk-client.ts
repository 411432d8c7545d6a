// Starting a walk on a running system and watching it to its end: what `npm run rebuild` and `npm run verify` share.

import * as z from "zod";
import { fail, messageOf, tokenHeaders } from "./command-line.ts";

const POLL_MS = 300;
/** Without progress for so long its messages may be lost, by a restart, say: starting it again sends them again. */
const STALLED_MS = 10_000;
/** How long the system may be away, for a restart, say. */
const PATIENCE_MS = 60_000;
const REPLY_LIMIT_MS = 10_000;
const BAR_WIDTH = 30;

const differenceSchema = z.object({
  accountNumber: z.string().nullable(),
  field: z.string(),
  view: z.unknown(),
  log: z.unknown(),
  mended: z.boolean(),
});

const walkSchema = z.object({
  id: z.string(),
  status: z.enum(["running", "done"]),
  total: z.int(),
  done: z.int(),
  events: z.int(),
  eventsPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  found: z.int(),
  mended: z.int(),
  _links: z.object({ differences: z.object({ href: z.string() }) }),
});

const differencesPageSchema = z.object({
  items: z.array(differenceSchema),
  _links: z.object({ next: z.object({ href: z.string() }).optional() }),
});

export type Walk = z.output<typeof walkSchema>;

/** Answers the walk when it is done. Shows its progress where a terminal watches. */
export async function watchWalk(url: string, path: string, body: object): Promise<Walk> {
  const start = () => request(walkSchema, new URL(path, url), { method: "POST", body: JSON.stringify(body) });
  let walk = await start();
  let movedAt = performance.now();
  while (walk.status === "running") {
    show(walk);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
    const next = await request(walkSchema, new URL(`${path}/${walk.id}`, url), {});
    if (next.done !== walk.done) movedAt = performance.now();
    walk = next;
    if (walk.status === "running" && performance.now() - movedAt > STALLED_MS) {
      await start();
      movedAt = performance.now();
    }
  }
  show(walk);
  if (process.stderr.isTTY) process.stderr.write("\n");
  return walk;
}

async function request<Answer>(schema: z.ZodType<Answer>, address: URL, init: RequestInit): Promise<Answer> {
  const givenUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      const response = await fetch(address, {
        ...init,
        headers: { "Content-Type": "application/json", ...tokenHeaders() },
        signal: AbortSignal.timeout(REPLY_LIMIT_MS),
      });
      const text = await response.text();
      if (response.ok) return schema.parse(JSON.parse(text));
      if (response.status < 500) fail(`${address} answered ${response.status}: ${text}`);
      throw new Error(`${address} answered ${response.status}`);
    } catch (error) {
      if (performance.now() > givenUpAt) fail(`No answer from ${address}: ${messageOf(error)}`);
      await new Promise((wake) => setTimeout(wake, POLL_MS));
    }
  }
}

/** All that the walk found, a line each. */
export async function tellDifferences(url: string, { found, _links }: Walk): Promise<void> {
  let next = found === 0 ? undefined : _links.differences;
  while (next !== undefined) {
    const page = await request(differencesPageSchema, new URL(next.href, url), {});
    page.items.forEach(tellDifference);
    next = page._links.next;
  }
}

function tellDifference({ accountNumber, field, view, log, mended }: z.infer<typeof differenceSchema>): void {
  const where = accountNumber === null ? field : `${accountNumber} ${field}`;
  const said = `the view says ${JSON.stringify(view)}, the log ${JSON.stringify(log)}`;
  console.log(`${where}: ${said}${mended ? " (mended)" : ""}`);
}

function show({ done, total, eventsPerSecond, secondsLeft }: Walk): void {
  if (!process.stderr.isTTY) return;
  const filled = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const left = secondsLeft === null ? "" : `, ${secondsLeft} s left`;
  process.stderr.write(`\r\x1b[K${bar} ${done}/${total} accounts, ${eventsPerSecond} events/s${left}`);
}
