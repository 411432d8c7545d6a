// Authentication of each answering Worker, with keys made here and an issuer that this file answers for.

import { env } from "cloudflare:test";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCommandApp } from "../../src/command/routes.ts";
import { operationsRoutes } from "../../src/processor/operations.ts";
import { queryRoutes } from "../../src/query/routes.ts";
import { ACCEPT_STREAM, StreamReader } from "../query/stream-reader.ts";
import { untilFollowers } from "../workerd/feed-hub.ts";
import { useEmptyViews } from "../workerd/views.ts";

const AUDIENCE = "urn:tributary:test";
const WORKERS = [
  ["command", createCommandApp(), "/v1/commands"],
  ["query", queryRoutes(), "/v1"],
  ["processor", operationsRoutes(), "/v1/operations"],
] as const;

/** Each test has an issuer of its own, because what is known of one is kept. */
let issuer: string;
let issuers = 0;
let keys: object[];
let sign: (claims?: JWTPayload, kid?: string) => Promise<string>;
/** What the issuer answers, by path. */
let answers: Record<string, () => Response | Promise<Response>>;
let asked: string[];

beforeEach(async () => {
  issuer = `https://issuer-${++issuers}.test`;
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  keys = [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "one" }];
  sign = (claims = {}, kid = "one") =>
    new SignJWT({ iss: issuer, aud: AUDIENCE, sub: "someone", exp: Date.now() / 1000 + 60, ...claims })
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(privateKey);
  answers = {
    "/.well-known/openid-configuration": () => Response.json({ issuer, jwks_uri: `${issuer}/keys` }),
    "/keys": () => Response.json({ keys }),
  };
  asked = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
    if (origin !== issuer) throw new Error(`Nobody is at ${origin}`);
    asked.push(pathname);
    return answers[pathname]?.() ?? new Response(null, { status: 404 });
  });
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type App = (typeof WORKERS)[number][1];

const configured = (): object => ({
  ...env,
  OPEN_ON_LOOPBACK: "",
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: AUDIENCE,
});

/** Its status, its code where it is a problem, and its headers. */
async function ask(
  app: App,
  path: string,
  token: string | null,
  bindings = configured(),
  init: RequestInit = {},
) {
  const request = new Request(`http://localhost${path}`, init);
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  const response = await app.fetch(request, bindings);
  const { code } = await response.json<{ code?: string }>();
  return { status: response.status, code, headers: response.headers };
}

describe.each(WORKERS)("the %s Worker", (name, app, path) => {
  it("is closed by default, open on loopback where it is told so, and closed again by an issuer", async () => {
    const closed = { status: 503, code: "authentication-not-configured" };
    const open = { OPEN_ON_LOOPBACK: "true" };
    for (const vars of [
      { OPEN_ON_LOOPBACK: "" },
      { OPEN_ON_LOOPBACK: "yes" },
      { ...open, AUTH_ISSUER: issuer },
    ]) {
      expect(await ask(app, path, null, { ...env, ...vars })).toMatchObject(closed);
    }
    expect((await ask(app, path, null, { ...env, ...open })).status).not.toBe(503);
    const configuredToo = { ...configured(), ...open };
    expect(await ask(app, path, null, configuredToo)).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it("demands a scope on every route but the root", async () => {
    const token = await sign();
    const routes = app.routes.filter(
      ({ method, path }) => method !== "ALL" && path.startsWith("/v1/") && !path.includes("*"),
    );
    expect(routes).not.toEqual([]);
    for (const route of routes) {
      const address = route.path.replaceAll(/:\w+/g, "confirm");
      const reply = await ask(app, address, token, configured(), { method: route.method });
      expect([route.path, reply.status, reply.code]).toEqual([route.path, 403, "forbidden"]);
    }
  });

  it("asks for a token before it says what there is, whatever the method", async () => {
    for (const address of [path, "/v1/nothing", "/v1/", "/v1/operations/nothing", "/v1/a/b/c/d/e"]) {
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
        expect((await ask(app, address, null, configured(), { method })).status).toBe(401);
      }
    }
  });

  it("answers its health without one", async () => {
    expect((await ask(app, "/health", null)).code).toBeUndefined();
  });

  it("limits who is let in by subject, and who is not, or can't be told, by address", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const bindings = { ...configured(), REQUESTS_PER_CALLER: env.FEW_REQUESTS };
    const send = (token: string, address: string) =>
      ask(app, path, token, bindings, { headers: { "CF-Connecting-IP": address } });
    /** Asks on until it is limited; a period may end meanwhile. */
    const limited = async (token: string, address: string) => {
      const statuses: number[] = [];
      while (statuses.length < 100) {
        const { status, code, headers } = await send(token, address);
        statuses.push(status);
        if (status !== 429) continue;
        expect([code, headers.get("Retry-After")]).toEqual(["rate-limited", "10"]);
        return statuses.slice(0, -1);
      }
      throw new Error(`Nothing limits ${address}`);
    };
    const [busy, other] = await Promise.all([sign({ sub: `busy ${name}` }), sign({ sub: `other ${name}` })]);
    expect(await limited(busy, "192.0.2.1")).not.toContain(401);
    expect(new Set(await limited("garbage", `192.0.2.2 ${name}`))).toEqual(new Set([401]));
    expect((await send("garbage", `192.0.2.3 ${name}`)).status).toBe(401);
    expect((await send(other, `192.0.2.2 ${name}`)).status).not.toBe(429);

    answers = {};
    vi.setSystemTime(Date.now() + 11 * 60_000);
    vi.spyOn(console, "error").mockReturnValue();
    expect(new Set(await limited(await sign({}, "made-up"), `192.0.2.4 ${name}`))).toEqual(new Set([503]));
  });
});

describe("a live stream", () => {
  useEmptyViews();
  const [, app] = WORKERS[1];
  const open = async (token: string, place: Record<string, string> = {}) => {
    const headers = { ...ACCEPT_STREAM, Authorization: `Bearer ${token}`, ...place };
    return new StreamReader(
      await app.fetch(new Request("http://localhost/v1/feed", { headers }), configured()),
    );
  };

  it("ends when its token is not taken any more, and is gone on with by another", async () => {
    // Tokens are of whole seconds.
    const now = Math.ceil(Date.now() / 1000) * 1000;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now });
    const inSeconds = (seconds: number) => sign({ exp: Date.now() / 1000 + seconds, scope: "accounts:read" });
    const token = await inSeconds(20);
    const stream = await open(token);
    expect(await stream.block()).toEqual({ id: 0, data: null });
    const alive = stream.block();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await alive).toEqual({ id: 0, data: null });
    // Clocks differ by five seconds at most.
    const ended = Promise.all([stream.block(), stream.block()]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await ended).toEqual([{ id: 0, data: null }, null]);
    await untilFollowers(0);
    expect((await ask(app, "/v1/feed", token)).status).toBe(401);

    const again = await open(await inSeconds(20), { "Last-Event-ID": "0" });
    expect(await again.block()).toEqual({ id: 0, data: null });
    await again.cancel();
  });
});

describe("the issuer's keys", () => {
  const [, app] = WORKERS[1];
  const get = (token: string, vars: object = {}) => ask(app, "/v1", token, { ...configured(), ...vars });

  it("are found and fetched once", async () => {
    for (let call = 0; call < 5; call++) expect((await get(await sign())).status).toBe(200);
    expect(asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });

  it("are fetched again for an unknown key id, but not for each", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    expect((await get(await sign())).status).toBe(200);
    for (let call = 0; call < 5; call++)
      expect((await get(await sign({}, `made-up-${call}`))).status).toBe(401);
    expect(asked.filter((path) => path === "/keys")).toHaveLength(1);

    keys = keys.map((key) => ({ ...key, kid: "two" }));
    vi.setSystemTime(Date.now() + 6_000);
    expect((await get(await sign({}, "two"))).status).toBe(200);
    expect((await get(await sign())).status).toBe(401);
    expect(asked.filter((path) => path === "/keys")).toHaveLength(2);
  });

  it("are not trusted for longer than ten minutes where the issuer is gone", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.spyOn(console, "error").mockReturnValue();
    expect((await get(await sign())).status).toBe(200);
    answers = {};
    vi.setSystemTime(Date.now() + 9 * 60_000);
    expect((await get(await sign({ exp: Date.now() / 1000 + 60 }))).status).toBe(200);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    expect(await get(await sign({ exp: Date.now() / 1000 + 60 }))).toMatchObject({
      status: 503,
      code: "unavailable",
    });
  });

  it("check a token once, for as long as it and they are good", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const checked = vi.spyOn(crypto.subtle, "verify");
    const token = await sign({ exp: Date.now() / 1000 + 400 });
    // The first has the keys fetched, and which of two sets vouched for a token has to be certain.
    for (let call = 0; call < 5; call++) expect((await get(token)).status).toBe(200);
    expect(checked).toHaveBeenCalledTimes(2);

    vi.setSystemTime(Date.now() + 301_000);
    for (let call = 0; call < 2; call++) expect((await get(token)).status).toBe(200);
    expect(checked).toHaveBeenCalledTimes(3);

    vi.setSystemTime(Date.now() + 106_000);
    expect((await get(token)).status).toBe(401);
  });

  it("that were taken back end what was verified with them, as soon as the keys are fetched again", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const token = await sign();
    for (let call = 0; call < 3; call++) expect((await get(token)).status).toBe(200);

    keys = keys.map((key) => ({ ...key, kid: "two" }));
    vi.setSystemTime(Date.now() + 6_000);
    expect((await get(token)).status).toBe(200);
    expect((await get(await sign({}, "two"))).status).toBe(200);
    expect((await get(token)).status).toBe(401);
  });

  it("vouch for nobody at another audience, nor with a letter changed", async () => {
    const token = await sign();
    for (let call = 0; call < 3; call++) expect((await get(token)).status).toBe(200);
    expect((await get(token, { AUTH_AUDIENCE: "urn:other" })).status).toBe(401);
    const changed = token.replace(/\.(.)(?=[^.]*$)/, (_, first) => (first === "A" ? ".B" : ".A"));
    expect((await get(changed)).status).toBe(401);
    expect((await get(token)).status).toBe(200);
  });

  it.each([
    ["does not answer", () => new Response(null, { status: 500 })],
    ["leads elsewhere", () => Response.redirect("https://elsewhere.test", 302)],
    [
      "is of another issuer",
      () => Response.json({ issuer: "https://other.test", jwks_uri: `${issuer}/keys` }),
    ],
    ["names no keys", () => Response.json({ issuer })],
    ["leads over a plain network", () => Response.json({ issuer, jwks_uri: "http://issuer.test/keys" })],
    ["is no JSON", () => new Response("<html>")],
  ])("can't be told where the discovery document %s", async (_, answer) => {
    const reported = vi.spyOn(console, "error").mockReturnValue();
    answers["/.well-known/openid-configuration"] = answer;
    expect(await get(await sign())).toMatchObject({ status: 503, code: "unavailable" });
    expect(reported).toHaveBeenCalledOnce();
    expect(asked).toEqual(["/.well-known/openid-configuration"]);
  });

  it.each([
    ["/.well-known/openid-configuration", () => new Response(null, { status: 500 })],
    ["/keys", () => new Response(null, { status: 500 })],
    ["/keys", () => new Response("<html>")],
    ["/keys", () => Response.json({ keys: "none" })],
  ])(
    "are not asked for with each token while %s fails, and are again two seconds later",
    async (path, answer) => {
      vi.useFakeTimers({ toFake: ["Date"] });
      vi.spyOn(console, "error").mockReturnValue();
      const asks = () => asked.filter((one) => one === path).length;
      const found = answers[path];
      answers[path] = answer;
      for (let call = 0; call < 5; call++) expect((await get(await sign({}, `${call}`))).status).toBe(503);
      expect(asks()).toBe(1);
      vi.setSystemTime(Date.now() + 2_000);
      for (let call = 0; call < 5; call++) expect((await get(await sign({}, `${call}`))).status).toBe(503);
      expect(asks()).toBe(2);

      vi.setSystemTime(Date.now() + 2_000);
      const slow = Promise.withResolvers<void>();
      answers[path] = async () => {
        await slow.promise;
        return found?.() ?? Response.error();
      };
      const first = get(await sign());
      await vi.waitFor(() => expect(asks()).toBe(3));
      expect((await get(await sign())).status).toBe(503);
      slow.resolve();
      expect((await first).status).toBe(200);
      expect((await get(await sign())).status).toBe(200);
      expect(asks()).toBe(3);
    },
  );

  it("that are known go on vouching while others can't be fetched", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.spyOn(console, "error").mockReturnValue();
    expect((await get(await sign())).status).toBe(200);
    answers = {};
    vi.setSystemTime(Date.now() + 6_000);
    for (let call = 0; call < 5; call++) {
      expect((await get(await sign({}, `made-up-${call}`))).status).toBe(503);
      expect((await get(await sign())).status).toBe(200);
    }
    expect(asked.filter((one) => one === "/keys")).toHaveLength(2);
  });

  it.each(["http://issuer.test", "issuer.test", "ftp://localhost"])(
    "are not fetched from %s",
    async (address) => {
      for (const vars of [{ AUTH_ISSUER: address }, { AUTH_JWKS_URL: address }]) {
        expect((await get(await sign(), vars)).code).toBe("authentication-not-configured");
      }
      expect(asked).toEqual([]);
    },
  );
});
