// One attempt to deliver, over real HTTP, to receivers that answer well, badly, elsewhere, endlessly or not at all.

import { expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { generateSecret } from "../../../src/http/standard-webhooks.ts";
import { deliver } from "../../../src/processor/subscriptions/delivery.ts";
import { event, recorded } from "../../account/given.ts";

const attempt = async (path: string, base = inject("receivers")) => {
  const [created] = recorded([event.created()]);
  if (created === undefined) throw new Error("No event");
  return deliver({ url: `${base}${path}`, secrets: [generateSecret()] }, created);
};

const seenSchema = z.object({ redirected: z.int(), closed: z.int() });
const seen = async () => seenSchema.parse(await (await fetch(`${inject("receivers")}/seen`)).json());

const failed = (reason: string) => ({ kind: "failed", reason });

it("what is answered with 2xx is delivered, and 410 ends it", async () => {
  expect(await attempt("/well")).toEqual({ kind: "delivered" });
  expect(await attempt("/gone")).toEqual({ kind: "gone" });
});

it("an error is a failure, and a redirect is one and is not followed", async () => {
  expect(await attempt("/failing")).toEqual(failed("The receiver answered 500"));
  expect(await attempt("/redirecting")).toEqual(failed("The receiver answered 307"));
  expect((await seen()).redirected).toBe(0);
});

it("a receiver that is not there, or cuts the line, can't be reached", async () => {
  expect(await attempt("", "http://127.0.0.1:1")).toEqual(failed("The receiver can't be reached"));
  expect(await attempt("/cutting")).toEqual(failed("The receiver can't be reached"));
});

it("a receiver that does not answer is waited for ten seconds", { timeout: 60_000 }, async () => {
  expect(await attempt("/silent")).toEqual(failed("No answer within 10 s"));
});

it("of an answer without end nothing is read: it is ended", { timeout: 60_000 }, async () => {
  const { closed } = await seen();
  expect(await attempt("/endless")).toEqual({ kind: "delivered" });
  await vi.waitFor(async () => expect((await seen()).closed).toBe(closed + 1), { timeout: 30_000 });
});
