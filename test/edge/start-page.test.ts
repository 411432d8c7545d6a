import { describe, expect, it } from "vitest";
import { request } from "./parts.ts";

describe("the start page", () => {
  it("links what there is, and shows a first command for this very address", async () => {
    const response = await request("/");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html; charset=utf-8$/i);
    const page = await response.text();
    for (const href of ["/v1", "/v1/accounts", "/v1/feed", "/v1/status-totals", "/health"]) {
      expect(page).toContain(`<a href="${href}">`);
    }
    expect(page).toMatch(/curl .* https:\/\/tributary\.test\/v1\/accounts</);
  });

  it("loads nothing from elsewhere, and may not", async () => {
    const response = await request("/");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(await response.text()).not.toMatch(/<(script|link|img|iframe)|\bsrc=|@import|url\(/);
  });

  it.each(["/", "/health"])("at %s, other methods than GET and HEAD are not allowed", async (path) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await request(path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toBe("GET, HEAD");
    }
  });
});
