// Bad input: each gets a clear 4xx, and leaves nothing behind.

import { env, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { post, sendRaw } from "./http.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

async function tablesOf(accountNumber: string): Promise<string[]> {
  return runInDurableObject(env.ACCOUNT_LOGS.getByName(accountNumber), (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")
      .toArray()
      .map(({ name }) => name),
  );
}

describe("a create with a bad body", () => {
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;

  it.each([
    ["malformed JSON", '{"userId": 1', 400, ""],
    ["nothing", "", 400, "/userId"],
    ["an array", "[]", 400, ""],
    ["null", "null", 400, ""],
    ["a text", '"x"', 400, ""],
    ["a text for a number", '{"userId": "1"}', 400, "/userId"],
    ["a number for a text", '{"userId": 1, "accountNumber": 123456}', 400, "/accountNumber"],
    ["a fraction", '{"userId": 1.5}', 400, "/userId"],
    ["zero", '{"userId": 0}', 400, "/userId"],
    ["a number beyond safe integers", '{"userId": 9007199254740993}', 400, "/userId"],
    ["a text for a boolean", '{"userId": 1, "defaultAccount": "true"}', 400, "/defaultAccount"],
    ["an unknown key", '{"userId": 1, "status": "ACCOUNT_ACTIVE"}', 400, "/status"],
    ["__proto__", '{"userId": 1, "__proto__": {"defaultAccount": true}}', 400, "/__proto__"],
    ["constructor", '{"userId": 1, "constructor": {}}', 400, "/constructor"],
    ["a strange account number", '{"userId": 1, "accountNumber": "../x"}', 400, "/accountNumber"],
    ["an empty account number", '{"userId": 1, "accountNumber": ""}', 400, "/accountNumber"],
    ["a long account number", `{"userId": 1, "accountNumber": "${"1".repeat(35)}"}`, 400, "/accountNumber"],
    ["a line break in the account number", '{"userId": 1, "accountNumber": "1\\n"}', 400, "/accountNumber"],
    ["deep nesting", `{"userId": 1, "x": ${deep}}`, 413, undefined],
    ["nesting within the size", `{"userId": ${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, ""],
    ["a body over 16 KiB", `{"userId": 1, "x": "${"x".repeat(17_000)}"}`, 413, undefined],
  ])("of %s is refused", async (_, body, status, pointer) => {
    const reply = await sendRaw("/v1/accounts", { method: "POST", headers: JSON_TYPE, body });

    expect(reply.status).toBe(status);
    expect(reply.body.errors?.[0].pointer).toBe(pointer);
    expect(reply.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("that is not UTF-8 is 400", async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const reply = await sendRaw("/v1/accounts", { method: "POST", headers: JSON_TYPE, body });
    expect(reply.status).toBe(400);
  });

  it.each([undefined, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])(
    "declared as %s is 415",
    async (type) => {
      const reply = await sendRaw("/v1/accounts", {
        method: "POST",
        headers: type === undefined ? {} : { "Content-Type": type },
        body: new TextEncoder().encode('{"userId": 1}'),
      });
      expect(reply.status).toBe(415);
      expect(reply.body.code).toBe("unsupported-media-type");
    },
  );

  it("that is hostile to a scanner costs no more time than it has bytes", async () => {
    // Each of these quotes could begin a string that never ends: read anew from each, it would take a minute.
    const body = `["${'\\"'.repeat(120_000)}`;
    const reply = await sendRaw("/v1/commands", { method: "POST", headers: JSON_TYPE, body });
    expect(reply.status).toBe(400);
  });

  it.each([
    ["/v1/commands", 256 * 1024 + 1, "[]", 413],
    ["/v1/commands", 256 * 1024, "[]", 400],
    ["/v1/commands", 16 * 1024 + 1, "{}", 413],
    ["/v1/commands", 16 * 1024, "{}", 200],
    ["/v1/accounts", 16 * 1024 + 1, "{}", 413],
    ["/v1/accounts", 16 * 1024, "{}", 400],
  ])("to %s of %i bytes, an %s, is %i", async (path, length, json, status) => {
    const body = json.slice(0, 1) + " ".repeat(length - 2) + json.slice(1);
    const whole = { method: "POST", headers: JSON_TYPE, body };
    expect((await sendRaw(path, whole)).status).toBe(status);
    // In chunks no header says how long it is.
    const stream = new Blob([body]).stream();
    expect((await sendRaw(path, { ...whole, body: stream })).status).toBe(status);
  });

  it.each([
    ["{}", "Required"],
    ['{"userId": "1"}', "Expected a number"],
    ['{"userId": 1.5}', "Expected a whole number"],
    ["[]", "Expected an object"],
    ['{"userId": 1, "defaultAccount": 1}', "Expected true or false"],
  ])("of %s is told in words of JSON: %s", async (body, detail) => {
    const reply = await sendRaw("/v1/accounts", { method: "POST", headers: JSON_TYPE, body });
    expect(reply.body.errors[0].detail).toBe(detail);
  });

  it("says everything that is wrong at once", async () => {
    const reply = await post("/v1/accounts", { userId: -1, accountNumber: "a b", colour: "red" });
    expect(reply.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      "/accountNumber",
      "/colour",
      "/userId",
    ]);
  });
});

describe("a command with a bad request", () => {
  it.each([
    ["/v1/accounts/1/commands/fly", {}, 404, "not-found"],
    ["/v1/accounts/1/commands/create", {}, 404, "not-found"],
    ["/v1/accounts/1/commands/toString", {}, 404, "not-found"],
    ["/v1/accounts/a%20b/commands/confirm", {}, 400, "invalid-request"],
    ["/v1/accounts/%2e%2e%2f/commands/confirm", {}, 400, "invalid-request"],
    ["/v1/accounts/%FF/commands/confirm", {}, 400, "invalid-request"],
    ["/v1/accounts/%00/commands/confirm", {}, 400, "invalid-request"],
    [`/v1/accounts/${"1".repeat(35)}/commands/confirm`, {}, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/confirm", { reason: "none is taken" }, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/suspend", { reason: "" }, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/suspend", { reason: "x".repeat(501) }, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/suspend", { reason: 7 }, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/suspend", { reason: null }, 400, "invalid-request"],
    ["/v1/accounts/BAD/commands/suspend", [], 400, "invalid-request"],
    ["/v1/accounts//commands/confirm", {}, 404, "not-found"],
    ["/v1/accounts/BAD/commands/confirm/", {}, 404, "not-found"],
    ["/v2/accounts", {}, 404, "not-found"],
  ])("%s %j is %i", async (path, body, status, code) => {
    const reply = await post(path, body);
    expect(reply.status).toBe(status);
    expect(reply.body.code).toBe(code);
  });

  it("leaves nothing behind in the object, and neither does a refused one", async () => {
    await post("/v1/accounts/GHOST/commands/confirm");
    await post("/v1/accounts", { userId: 1, accountNumber: "GHOST" }, { "If-Match": "*" });
    expect(await tablesOf("GHOST")).toEqual([]);

    await post("/v1/accounts", { userId: 1, accountNumber: "GHOST" });
    expect(await tablesOf("GHOST")).toContain("events");
  });

  it("takes a reason of 500 characters of two code units each", async () => {
    const account = `R-${crypto.randomUUID().slice(0, 8)}`;
    await post("/v1/accounts", { userId: 1, accountNumber: account });
    const reply = await post(`/v1/accounts/${account}/commands/close`, { reason: "🙂".repeat(500) });
    expect(reply.status).toBe(200);
  });
});
