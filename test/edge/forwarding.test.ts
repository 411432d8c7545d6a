import { describe, expect, it, vi } from "vitest";
import { absent, answering, parts, request } from "./parts.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("the edge Worker", () => {
  it.each([
    ["POST", "/v1/accounts", "command"],
    ["POST", "/v1/commands", "command"],
    ["GET", "/v1/commands", "command"],
    ["POST", "/v1/accounts/123456/commands/suspend", "command"],
    ["GET", "/v1/accounts/123456/commands/suspend", "command"],
    ["DELETE", "/v1/accounts/123456/commands/nothing", "command"],
    ["POST", "/v1/accounts/a%2Fb/commands/suspend", "command"],
    ["POST", "/v1/accounts/%FF/commands/suspend", "command"],
    ["POST", "/v1/inbox", "processor"],
    ["GET", "/v1/inbox/7", "processor"],
    ["POST", "/v1/subscriptions", "processor"],
    ["DELETE", "/v1/subscriptions/1", "processor"],
    ["GET", "/v1", "query"],
    ["POST", "/v1", "query"],
    ["GET", "/v1/accounts", "query"],
    ["HEAD", "/v1/accounts", "query"],
    ["PUT", "/v1/accounts", "query"],
    ["GET", "/v1/accounts/123456?minVersion=3", "query"],
    ["POST", "/v1/accounts/123456", "query"],
    ["GET", "/v1/accounts/123456/commands", "query"],
    ["POST", "/v1/accounts/123456/commands", "query"],
    ["GET", "/v1/accounts/123456/events/1", "query"],
    ["GET", "/v1/feed", "query"],
    ["GET", "/v1/map?event=ACCOUNT_CREATED", "processor"],
    ["GET", "/v1/nothing", "query"],
    ["POST", "/v1/accounts/", "query"],
    ["POST", "/v1/accounts/123456/commands/", "query"],
    ["POST", "/v1//accounts", "query"],
  ])("leads %s %s to the %s Worker", async (method, path, name) => {
    const response = await request(path, { method });
    expect(response.status).toBe(200);
    expect(response.headers.get("Answered-By")).toBe(name);
  });

  it("sends a request on as it came", async () => {
    const env = parts();
    const headers = {
      "Content-Type": "application/json",
      "Idempotency-Key": "key-1",
      "If-Match": '"3"',
      traceparent: TRACEPARENT,
    };
    const path = "/v1/accounts/1%2F2/commands/suspend?x=%FF";

    await request(path, { method: "POST", headers, body: '{"reason": "ä"}' }, env);

    const [forwarded] = env.COMMAND.requests;
    expect(forwarded?.method).toBe("POST");
    expect(forwarded?.url).toBe(`https://tributary.test${path}`);
    expect(Object.fromEntries(forwarded?.headers ?? [])).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": "key-1",
      "if-match": '"3"',
      traceparent: TRACEPARENT,
    });
    expect(await forwarded?.text()).toBe('{"reason": "ä"}');
  });

  it("passes a body on while it is still coming", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const env = parts();

    const response = await request("/v1/commands", { method: "POST", body: readable }, env);

    expect(response.status).toBe(200);
    const received = env.COMMAND.requests[0]?.text();
    await writer.write(new TextEncoder().encode("late"));
    await writer.close();
    expect(await received).toBe("late");
  });

  it("answers what the part answered, whatever the status", async () => {
    const env = {
      ...parts(),
      QUERY: {
        fetch: async () =>
          new Response(null, { status: 304, headers: { ETag: '"3"', "Served-From": "view" } }),
      },
    };
    const response = await request("/v1/accounts/123456", {}, env);
    expect(response.status).toBe(304);
    expect(response.headers.get("ETag")).toBe('"3"');
    expect(response.headers.get("Served-From")).toBe("view");
  });

  it("asks for HEAD with HEAD", async () => {
    const env = parts();
    const response = await request("/v1/feed", { method: "HEAD" }, env);
    expect(env.QUERY.requests[0]?.method).toBe("HEAD");
    expect(await response.text()).toBe("");
  });

  it.each([undefined, "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`, `${TRACEPARENT}-more`])(
    "starts a trace where the traceparent is %s",
    async (traceparent) => {
      const env = parts();
      await request("/v1", { headers: traceparent === undefined ? {} : { traceparent } }, env);
      const sent = env.QUERY.requests[0]?.headers.get("traceparent");
      expect(sent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
      expect(sent).not.toBe(traceparent);
    },
  );

  it("leaves the log line to the part that answers, and tells of what it answered itself, by the trace", async () => {
    const told = vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
    const headers = { traceparent: TRACEPARENT };
    for (const path of ["/v1/feed", "/v1/commands", "/asyncapi.json"]) await request(path, { headers });
    expect(told).not.toHaveBeenCalled();

    await request("/nothing", { headers });
    await request("/v1/feed", { headers }, { ...parts(), QUERY: absent });
    const lines: unknown[] = told.mock.calls.map(([line]) => JSON.parse(line));
    vi.restoreAllMocks();
    const traceId = TRACEPARENT.split("-")[1];
    expect(lines).toMatchObject([
      { what: "request", traceId, path: "/nothing", status: 404 },
      { what: "request", traceId, path: "/v1/feed", status: 503 },
    ]);
  });

  it("keeps a traceparent of a version to come", async () => {
    const env = parts();
    const traceparent = TRACEPARENT.replace("00-", "01-").concat("-more");
    await request("/v1", { headers: { traceparent } }, env);
    expect(env.QUERY.requests[0]?.headers.get("traceparent")).toBe(traceparent);
  });

  it.each(["/v1/commands", "/v1/feed"])("is unavailable at %s where the part throws", async (path) => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const env = { ...parts(), COMMAND: absent, QUERY: absent };

    const response = await request(path, { headers: { traceparent: TRACEPARENT } }, env);

    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.headers.get("Retry-After")).toBe("1");
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({
      code: "unavailable",
      instance: "0af7651916cd43dd8448eb211c80319c",
    });
    expect(body).not.toContain("tributary-secret");
    expect(reported).toHaveBeenCalledOnce();
    reported.mockRestore();
  });

  it("shows no platform's page about a part that crashed", async () => {
    const response = await request("/v1/feed", {}, { ...parts(), QUERY: answering(500) });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  it.each(["/nothing", "/v2/accounts", "//", "/health/", "/v1x", "/%FF"])(
    "has nothing at %s, and asks nobody",
    async (path) => {
      const env = parts();
      const response = await request(path, {}, env);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not-found" });
      expect([env.COMMAND, env.QUERY, env.PROCESSOR].flatMap(({ requests }) => requests)).toEqual([]);
    },
  );
});
