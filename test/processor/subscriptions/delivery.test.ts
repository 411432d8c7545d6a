// One attempt to deliver, over real HTTP, to receivers that answer well, badly, elsewhere, endlessly or not at all.

import { expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { generateSecret } from "../../../src/http/standard-webhooks.ts";
import { deliver } from "../../../src/processor/subscriptions/delivery.ts";
import { LONGEST_RETRY_AFTER_MS } from "../../../src/processor/subscriptions/retry-after.ts";
import { event, recorded } from "../../account/given.ts";

const attempt = async (path: string, base = inject("receivers")) => {
  const [created] = recorded([event.created()]);
  if (created === undefined) throw new Error("No event");
  return deliver({ url: `${base}${path}`, secrets: [generateSecret()] }, created);
};

const seenSchema = z.object({ redirected: z.int(), closed: z.int() });
const seen = async () => seenSchema.parse(await (await fetch(`${inject("receivers")}/seen`)).json());

const failed = (reason: string, retryAfterMs = 0) => ({ kind: "failed", reason, retryAfterMs });

it("what is answered with 2xx is delivered, and 410 ends it", async () => {
  expect(await attempt("/well")).toEqual({ kind: "delivered" });
  expect(await attempt("/gone")).toEqual({ kind: "gone" });
});

it("an error is a failure, and a redirect is one and is not followed", async () => {
  expect(await attempt("/failing")).toEqual(failed("The receiver answered 500"));
  expect(await attempt("/redirecting")).toEqual(failed("The receiver answered 307"));
  expect((await seen()).redirected).toBe(0);
});

it("a receiver that is busy or down says for how long, in seconds or as a date, but for no more than a day", async () => {
  expect(await attempt("/busy")).toEqual(failed("The receiver answered 429", 600_000));
  const down = await attempt("/down");
  const retryAfterMs = down.kind === "failed" ? down.retryAfterMs : 0;
  expect(retryAfterMs).toBeGreaterThan(500_000);
  expect(retryAfterMs).toBeLessThanOrEqual(600_000);
  expect(await attempt("/down-for-ever")).toEqual(
    failed("The receiver answered 503", LONGEST_RETRY_AFTER_MS),
  );
});

it("what says nothing of when to come again, or says it of something else, is left to the schedule", async () => {
  expect(await attempt("/down-until-now")).toEqual(failed("The receiver answered 503"));
  expect(await attempt("/down-somehow")).toEqual(failed("The receiver answered 503"));
  expect(await attempt("/failing-busily")).toEqual(failed("The receiver answered 500"));
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
