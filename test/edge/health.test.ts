import { describe, expect, it } from "vitest";
import { absent, answering, parts, request, silent } from "./parts.ts";

describe("the health of the service", () => {
  it("is ok where every part answers", async () => {
    const env = parts();
    const response = await request("/health", {}, env);
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(await response.json()).toEqual({
      status: "ok",
      parts: { command: "ok", query: "ok", processor: "ok" },
    });
    for (const { requests } of [env.COMMAND, env.QUERY, env.PROCESSOR]) {
      expect(requests.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
        ["GET", "/health"],
      ]);
    }
  });

  it.each([
    ["COMMAND", "command"],
    ["QUERY", "query"],
    ["PROCESSOR", "processor"],
  ])("is degraded where the part behind %s is absent, and names it", async (binding, name) => {
    const response = await request("/health", {}, { ...parts(), [binding]: absent });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "degraded",
      parts: { command: "ok", query: "ok", processor: "ok", [name]: "unavailable" },
    });
  });

  it("is degraded where a part answers that it is not well, or not in time", async () => {
    const QUERY = answering(503, { status: "the views database does not answer" });
    const response = await request(
      "/health",
      {},
      { ...parts(), COMMAND: answering(500), QUERY, PROCESSOR: silent },
    );
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      parts: {
        command: "unavailable",
        query: "the views database does not answer",
        processor: "unavailable",
      },
    });
  });

  it("is degraded, with the command side's own reason, while the queue refuses events", async () => {
    const reason = "the queue refuses events since 2026-11-24T12:00:00.000Z (accounts: 2)";
    const response = await request(
      "/health",
      {},
      { ...parts(), COMMAND: answering(503, { status: reason }) },
    );
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "degraded",
      parts: { command: reason, query: "ok", processor: "ok" },
    });
  });

  it("can be asked for with HEAD", async () => {
    const response = await request("/health", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});
