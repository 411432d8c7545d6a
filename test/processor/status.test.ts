// The status: how far the views are, and what waits.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { emptyUnpublishedList, recordSendsOf } from "../workerd/account-objects.ts";
import { CREATE, request } from "../workerd/commands.ts";
import { deliverRepairs, get, post, projectedAccount, useOperations } from "./operator.ts";

useOperations();
beforeEach(emptyUnpublishedList);

describe("the status", () => {
  it("tells positions, lag, backlog, parked accounts and the last verification", async () => {
    await projectedAccount(3);
    const { body } = await get("/v1/operations/status");
    expect(body).toEqual({
      feedPosition: 3,
      lagMs: { p50: expect.any(Number), p99: expect.any(Number), events: 3 },
      unpublished: { accounts: 0, oldestAt: null },
      backlog: {
        "account-events": { messages: 0, bytes: 0, oldestAt: null },
        "account-events-dead": { messages: 0, bytes: 0, oldestAt: null },
        "account-repairs": { messages: 0, bytes: 0, oldestAt: null },
      },
      parked: 0,
      inbox: { stored: 0, parked: 0 },
      liveStreams: 0,
      lastVerification: null,
      _links: { self: { href: "/v1/operations/status" } },
    });
    expect(body.lagMs.p50).toBeGreaterThanOrEqual(0);

    await post("/v1/operations/verifications");
    await deliverRepairs();
    const { lastVerification, _links } = (await get("/v1/operations/status")).body;
    expect(lastVerification).toMatchObject({ found: 0, mended: 0 });
    expect(_links["last-verification"].href).toBe(`/v1/operations/verifications/${lastVerification.id}`);
  });
});

it("the status tells of accounts whose events the queue does not take, until it does", async () => {
  const { sends } = recordSendsOf((accountNumber) => accountNumber === "OP-UNSENT");
  sends.mockRejectedValue(new Error("Queue overloaded"));
  vi.spyOn(console, "error").mockReturnValue();
  const log = env.ACCOUNT_LOGS.getByName("OP-UNSENT");
  const [outcome] = await log.execute([request(CREATE)], false);
  await runDurableObjectAlarm(log);
  const createdAt = outcome?.kind === "accepted" ? outcome.account.createdAt : 0;
  expect((await get("/v1/operations/status")).body.unpublished).toEqual({ accounts: 1, oldestAt: createdAt });

  sends.mockResolvedValue(undefined);
  await runDurableObjectAlarm(log);
  expect((await get("/v1/operations/status")).body.unpublished).toEqual({ accounts: 0, oldestAt: null });
});
