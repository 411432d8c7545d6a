import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import command from "../../src/command/worker.ts";
import processor from "../../src/processor/worker.ts";
import query from "../../src/query/worker.ts";
import { absent, parts, request } from "./parts.ts";

const ORIGIN = "https://console.example";
const configured = () => ({ ...parts(), CORS_ORIGINS: `${ORIGIN}, https://other.example` });

describe("the headers for browsers", () => {
  it.each(["/", "/health", "/v1/feed", "/nothing"])("are on what the edge answers at %s", async (path) => {
    expectProtected(await request(path, {}, { ...parts(), QUERY: absent }));
  });

  it.each(Object.entries({ command, processor, query }))(
    "are on what the %s Worker answers",
    async (_, worker) => {
      for (const path of ["/health", "/v1/accounts", "/openapi.json", "/nothing"]) {
        expectProtected(await worker.fetch(new Request(`https://tributary.test${path}`), env));
      }
    },
  );

  it("keep a page to itself, too", async () => {
    const { headers } = await request("/");
    expectProtected({ headers });
    expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(headers.get("Origin-Agent-Cluster")).toBe("?1");
    expect(headers.get("X-Frame-Options")).toBe("DENY");
  });

  it("are left to the part that answers, and its answer as it is", async () => {
    const answer = new Response("as it is");
    const response = await request("/v1/feed", {}, { ...parts(), QUERY: { fetch: async () => answer } });
    expect(response).toBe(answer);
  });
});

function expectProtected({ headers }: Pick<Response, "headers">): void {
  expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(headers.get("Strict-Transport-Security")).toContain("max-age=");
  expect(headers.get("Referrer-Policy")).toBe("no-referrer");
  expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
  expect(headers.get("Content-Security-Policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
}

describe("cross-origin requests", () => {
  const preflight = {
    method: "OPTIONS",
    headers: { Origin: ORIGIN, "Access-Control-Request-Method": "POST" },
  };

  it("are closed unless origins are configured", async () => {
    for (const env of [parts(), { ...parts(), CORS_ORIGINS: "" }]) {
      for (const init of [preflight, { headers: { Origin: ORIGIN } }]) {
        const { headers } = await request("/v1/commands", init, env);
        expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      }
    }
  });

  it("are open to the configured origins alone", async () => {
    for (const [origin, allowed] of [
      [ORIGIN, ORIGIN],
      ["https://other.example", "https://other.example"],
      ["https://evil.example", null],
      ["null", null],
      [`${ORIGIN}.evil.example`, null],
    ] as const) {
      const { headers } = await request("/v1/feed", { headers: { Origin: origin } }, configured());
      expect(headers.get("Access-Control-Allow-Origin")).toBe(allowed);
      expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
      expect(headers.get("Vary")).toContain("Origin");
    }
  });

  it("get an answer whose own headers can't be set", async () => {
    // As another Worker's are.
    const QUERY = { fetch: async () => Response.redirect("https://tributary.test/") };
    const { headers } = await request(
      "/v1/feed",
      { headers: { Origin: ORIGIN } },
      { ...configured(), QUERY },
    );
    expect(headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
    expect(headers.get("Location")).toBe("https://tributary.test/");
  });

  it("may read what a client needs", async () => {
    const { headers } = await request("/v1/feed", { headers: { Origin: ORIGIN } }, configured());
    for (const name of ["ETag", "Location", "Served-From", "Idempotency-Replayed", "Retry-After"]) {
      expect(headers.get("Access-Control-Expose-Headers")?.split(",")).toContain(name);
    }
  });

  it("are announced by preflights, which the edge answers itself", async () => {
    const env = configured();
    const response = await request("/v1/commands", preflight, env);
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    for (const name of ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"]) {
      expect(response.headers.get("Access-Control-Allow-Headers")?.split(",")).toContain(name);
    }
    expect(env.COMMAND.requests).toEqual([]);
  });
});
