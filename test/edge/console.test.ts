import { describe, expect, it, vi } from "vitest";
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

describe("the sign-in that the console's page names", () => {
  const PAGE = '<!doctype html><head><meta name="sign-in" content=""></head>';
  const withVars = (vars: object) => ({
    ...parts(),
    ...vars,
    ASSETS: { fetch: async () => new Response(PAGE) },
  });
  const CONFIGURED = {
    AUTH_ISSUER: "https://login.example/tenant",
    AUTH_AUDIENCE: "urn:tributary",
    CONSOLE_CLIENT_ID: '"><script>alert(1)</script>',
  };

  it("is what is configured, and its issuer is the one other origin that the page may ask", async () => {
    const response = await request("/", BROWSER, withVars(CONFIGURED));
    expect(response.headers.get("Content-Security-Policy")).toContain(
      "connect-src 'self' https://login.example;",
    );
    const page = await response.text();
    expect(page).not.toContain('"><script>');
    let content = "";
    const reader = new HTMLRewriter().on("meta", {
      element: (meta) => {
        content = meta.getAttribute("content") ?? "";
      },
    });
    await reader.transform(new Response(page)).text();
    expect(JSON.parse(content.replaceAll("&quot;", '"'))).toEqual({
      issuer: "https://login.example/tenant",
      clientId: CONFIGURED.CONSOLE_CLIENT_ID,
      scope: "openid profile accounts:read accounts:write accounts:operate",
      audience: "urn:tributary",
      origins: ["https://login.example"],
    });
  });

  it("lets the page ask other origins that are named, and leaves out and tells of what is none", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const named = "https://tokens.example, https://tokens.example/token,http://plain.example,'unsafe-inline'";
    const response = await request("/", BROWSER, withVars({ ...CONFIGURED, CONSOLE_TOKEN_ORIGINS: named }));
    expect(response.headers.get("Content-Security-Policy")).toContain(
      "connect-src 'self' https://login.example https://tokens.example;",
    );
    const lines = log.mock.calls.map(([line]) => String(line));
    const told = lines.filter((line) => line.includes("CONSOLE_TOKEN_ORIGINS"));
    expect(told).toEqual([
      expect.stringContaining("https://tokens.example/token"),
      expect.stringContaining("http://plain.example"),
      expect.stringContaining("unsafe-inline"),
    ]);
  });

  it.each([
    ["no issuer", { AUTH_ISSUER: "" }],
    ["no client", { CONSOLE_CLIENT_ID: "" }],
    ["an issuer over a plain network", { AUTH_ISSUER: "http://login.example" }],
  ])("is none with %s", async (_, vars) => {
    const response = await request("/", BROWSER, withVars({ ...CONFIGURED, ...vars }));
    expect(response.headers.get("Content-Security-Policy")).toContain("connect-src 'self';");
    expect(await response.text()).toBe(PAGE);
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
