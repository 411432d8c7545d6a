import { describe, expect, it } from "vitest";
import { absent, answering, parts, request } from "./parts.ts";

const described = (paths: object, schemas: object) =>
  answering(200, { openapi: "3.1.1", paths, components: { schemas } });

const describing = () => ({
  ...parts(),
  COMMAND: described({ "/v1/accounts": { post: "opens" } }, { Account: "account", Command: "command" }),
  QUERY: described({ "/v1/accounts": { get: "lists" } }, { Account: "account", Page: "page" }),
  PROCESSOR: described({ "/v1/operations": { get: "links" } }, {}),
});

describe("the contract at the edge", () => {
  it("is what the parts say of themselves, joined, and what the edge answers itself", async () => {
    const response = await request("/openapi.json", {}, describing());
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=60");
    expect(await response.json()).toMatchObject({
      openapi: "3.1.1",
      paths: {
        "/v1/accounts": { get: "lists", post: "opens" },
        "/v1/operations": { get: "links" },
        "/health": { get: { operationId: "getHealth" } },
      },
      components: { schemas: { Account: "account", Command: "command", Page: "page", Health: {} } },
    });
  });

  it.each(["COMMAND", "QUERY", "PROCESSOR"])(
    "is not given in pieces: without %s it is unavailable",
    async (name) => {
      for (const part of [absent, answering(503)]) {
        const response = await request("/openapi.json", {}, { ...describing(), [name]: part });
        expect(response.status).toBe(503);
        expect(await response.json()).toMatchObject({ code: "unavailable" });
      }
    },
  );

  it("leads to the events' document, where the processor has it", async () => {
    const env = { ...parts(), PROCESSOR: answering(200, { asyncapi: "3.1.0" }) };
    expect(await (await request("/asyncapi.json", {}, env)).json()).toEqual({ asyncapi: "3.1.0" });
    for (const part of [absent, answering(404)]) {
      const response = await request("/asyncapi.json", {}, { ...parts(), PROCESSOR: part });
      expect(response.status).toBe(503);
    }
  });
});

describe("the page of the API", () => {
  it("loads from its own origin alone, and may not load from elsewhere", async () => {
    const response = await request("/docs");
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html; charset=utf-8$/i);
    expect(response.headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; script-src 'self';/,
    );
    const loaded = [...(await response.text()).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url);
    expect(loaded.length).toBeGreaterThan(3);
    for (const url of loaded) expect(url).toMatch(/^(\/[a-z]|data:,)/);
  });

  it("takes its files from the assets, and says as ever what is not there", async () => {
    expect((await request("/docs/docs.js")).headers.get("Answered-By")).toBe("assets");
    const missing = await request("/docs/nothing.js", {}, { ...parts(), ASSETS: answering(404) });
    expect(await missing.json()).toMatchObject({ status: 404, code: "not-found" });
  });

  it.each(["/docs", "/openapi.json", "/asyncapi.json"])(
    "at %s, GET and HEAD are all there is",
    async (path) => {
      expect((await request(path, { method: "POST" })).headers.get("Allow")).toBe("GET, HEAD");
    },
  );
});
