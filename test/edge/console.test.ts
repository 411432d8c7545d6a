import { describe, expect, it } from "vitest";
import { CONSOLE_PATHS } from "../../src/edge/console.ts";
import { answering, parts, request } from "./parts.ts";

const BROWSER = { headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

describe("the console's page", () => {
  it.each(CONSOLE_PATHS)("is answered at %s, and may load from its own origin alone", async (path) => {
    const env = parts();
    const response = await request(path, BROWSER, env);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("Cache-Control")).toBe("no-cache");
    const policy = response.headers.get("Content-Security-Policy");
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(env.ASSETS.requests.map(({ url }) => new URL(url).pathname)).toEqual(["/console/index.html"]);
  });

  it.each([...CONSOLE_PATHS, "/health"])("at %s, GET and HEAD are all there is", async (path) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await request(path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toBe("GET, HEAD");
    }
    expect((await request(path, { method: "HEAD" })).status).toBe(200);
  });

  it("is what a browser gets where nothing is, with 404; a program gets a problem", async () => {
    const page = await request("/nothing", BROWSER);
    expect(page.status).toBe(404);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    for (const headers of [{}, { Accept: "*/*" }, { Accept: "application/json" }]) {
      const response = await request("/nothing", { headers });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    }
  });
});

describe("the console's files", () => {
  it("stay what they are for ever", async () => {
    const response = await request("/console/main-D4KJz9Lx.js");
    expect(response.headers.get("Answered-By")).toBe("assets");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
  });

  it("are those that the page names, and no others", async () => {
    for (const path of ["/console/index.html", "/console/", "/console/main-D4KJz9Lx.js/more"]) {
      expect((await request(path, BROWSER)).status).toBe(404);
    }
    const gone = await request("/console/main-D4KJz9Lx.js", BROWSER, { ...parts(), ASSETS: answering(404) });
    expect([gone.status, gone.headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
    expect(gone.headers.get("Cache-Control")).toBe("no-store");
  });
});
