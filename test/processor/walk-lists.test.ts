// The lists of walks: rebuilds and verifications that there were, to come back to.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { deliverRepairs, get, post, projectedAccount, useOperations } from "./operator.ts";

useOperations();

describe("rebuilds and verifications", () => {
  it("are listed, each kind by itself, those that go on and those that are done, the newest first", async () => {
    expect((await get("/v1/operations/rebuilds")).body.items).toEqual([]);
    await projectedAccount(2);
    const { body: done } = await post("/v1/operations/verifications", { repair: true });
    await deliverRepairs();
    const { body: running } = await post("/v1/operations/verifications");
    const { body: rebuild } = await post("/v1/operations/rebuilds");

    const { items } = (await get("/v1/operations/verifications")).body;
    expect(items.map(({ id }: { id: string }) => id).toSorted()).toEqual([done.id, running.id].toSorted());
    expect(items).toContainEqual({
      id: done.id,
      startedAt: done.startedAt,
      finishedAt: expect.any(Number),
      status: "done",
      repair: true,
      found: 0,
      mended: 0,
      _links: { self: { href: `/v1/operations/verifications/${done.id}` } },
    });
    expect(items).toContainEqual(
      expect.objectContaining({ id: running.id, finishedAt: null, status: "running", repair: false }),
    );
    const { items: rebuilds } = (await get("/v1/operations/rebuilds")).body;
    expect(rebuilds).toMatchObject([{ id: rebuild.id, status: "running" }]);
  });

  it("are listed page by page", async () => {
    await env.OPERATIONS.prepare(
      `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 45)
       INSERT INTO walks (id, kind, mends, started_at, finished_at)
       SELECT printf('W-%02d', number), 'rebuild', 1, 1000 + number / 30, 2000 FROM numbers`,
    ).run();
    const ids: string[] = [];
    for (let next: string | undefined = "/v1/operations/rebuilds"; next !== undefined; ) {
      const { body }: Awaited<ReturnType<typeof get>> = await get(next);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      next = body._links.next?.href;
    }
    expect(ids).toHaveLength(45);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect((await get("/v1/operations/rebuilds?cursor=x")).status).toBe(400);
  });
});
