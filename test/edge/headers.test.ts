import { describe, expect, it } from "vitest";
import { absent, parts, request } from "./parts.ts";

const ORIGIN = "https://console.example";
const configured = () => ({ ...parts(), CORS_ORIGINS: `${ORIGIN}, https://other.example` });

describe("the security headers", () => {
  it.each(["/", "/health", "/v1/feed", "/nothing"])("are on what is answered at %s", async (path) => {
    for (const env of [parts(), { ...parts(), QUERY: absent }]) {
      const { headers } = await request(path, {}, env);
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Strict-Transport-Security")).toContain("max-age=");
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect(headers.get("Content-Security-Policy")).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    }
  });
});

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
