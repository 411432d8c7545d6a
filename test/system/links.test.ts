// Whatever can be read is reached from /v1 by links alone: every GET of the contract, by a crawler that knows no address.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as z from "zod";
import { System } from "./system.ts";

const VIEW_TIMEOUT_MS = 20_000;

const linkSchema = z.object({ href: z.string(), templated: z.boolean().optional() });
const valueSchema = z.union([z.string(), z.number()]);

let system: System;
beforeAll(async () => {
  system = await System.start();
});
afterAll(() => system.close());

it("reaches every kind of resource from /v1", async () => {
  await fill();
  const { paths } = (await system.get("/openapi.json")).body;
  const wanted = Object.keys(paths).filter((path) => "get" in paths[path]);

  const read = await crawl("/v1");

  const kindOf = (path: string) => wanted.filter((template) => matcherOf(template).test(path));
  const reached = [...read].flatMap((href) => kindOf(href.replace(/\?.*/, "")).slice(0, 1));
  expect([...new Set(reached)].toSorted()).toEqual(wanted.toSorted());
});

/** Something of everything: accounts that the view has, an event that came in, a message that can't be read, walks, a subscription. */
async function fill(): Promise<void> {
  await system.post("/v1/accounts", { userId: 31, accountNumber: "LINKED" });
  await system.post("/v1/accounts", { userId: 32, accountNumber: "LINKED-TOO" });
  const event = { specversion: "1.0", id: "1", source: "/elsewhere", type: "elsewhere.happened" };
  await system.post("/v1/inbox", event, { "Content-Type": "application/cloudevents+json" });
  await system.enqueue("nonsense");
  await system.post("/v1/operations/rebuilds");
  await system.post("/v1/operations/verifications");
  // To a type that no event has: nothing leaves this machine.
  await system.post("/v1/subscriptions", { url: "https://receiver.example/events", types: ["NOTHING"] });
  await vi.waitFor(
    async () => {
      expect(await system.all("/v1/accounts")).toHaveLength(2);
      expect((await system.get("/v1/operations/parked")).body.items).toHaveLength(1);
    },
    { timeout: VIEW_TIMEOUT_MS, interval: 100 },
  );
}

/** The addresses that could be read. What only takes a POST is sent one, and what that links is followed, too. */
async function crawl(start: string): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const seen = new Set([start]);
  const values = new Map<string, Set<string>>();
  const templates = new Set<string>();
  const waiting = [start];
  for (let href = waiting.shift(); href !== undefined; href = waiting.shift()) {
    const reply = await system.get(href);
    expect(reply.status, href).not.toBe(404);
    if (reply.status === 200) read.add(href);
    const answers = [reply.body];
    if (reply.status === 405) answers.push((await system.post(href, {})).body);
    // A document names addresses of its own, and links none.
    if (href.endsWith(".json")) continue;
    for (const answer of answers) gather(answer, { values, templates, found });
    for (const template of templates) for (const filled of fillIn(template, values)) found(filled);
  }
  return read;

  function found(href: string): void {
    if (seen.has(href)) return;
    seen.add(href);
    waiting.push(href);
  }
}

interface Finds {
  /** By the name of the member that they were found in. */
  readonly values: Map<string, Set<string>>;
  readonly templates: Set<string>;
  readonly found: (href: string) => void;
}

function gather(body: unknown, finds: Finds): void {
  if (typeof body !== "object" || body === null) return;
  for (const [name, member] of Object.entries(body)) {
    const value = valueSchema.safeParse(member);
    if (value.success) finds.values.set(name, (finds.values.get(name) ?? new Set()).add(String(value.data)));
    const link = linkSchema.safeParse(member);
    if (!link.success) gather(member, finds);
    else if (link.data.templated === true) finds.templates.add(link.data.href);
    else finds.found(link.data.href);
  }
}

/** With every value that was found for its one variable. */
function fillIn(template: string, values: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const [variable, name] = /\{(\w+)\}/.exec(template) ?? [];
  if (variable === undefined || name === undefined) throw new Error(`No variable in ${template}`);
  return [...(values.get(name) ?? [])].map((value) => template.replace(variable, encodeURIComponent(value)));
}

const matcherOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{[^}]*\}/g, "[^/]+")}$`);
