// Who may come in, with a real issuer: what is refused, how, and that it leaves nothing behind.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AUDIENCE, TestIssuer } from "./issuer.ts";
import { allPartsWith, type Reply, System } from "./system.ts";

const VIEW_TIMEOUT_MS = 30_000;
/** Keys are fetched anew some seconds after the last time. */
const ROTATION_TIMEOUT_MS = 30_000;
const EVERYTHING = "accounts:read accounts:write accounts:operate";

let issuer: TestIssuer;
let system: System;
/** Headers of a client that may do anything. */
let operator: Record<string, string>;
beforeAll(async () => {
  issuer = await TestIssuer.start();
  // Open mode counts for nothing here, because an issuer is configured.
  const vars = { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: AUDIENCE, OPEN_ON_LOOPBACK: "true" };
  system = await System.start(allPartsWith(vars));
  operator = bearer(await issuer.token("operator", EVERYTHING));
  for (const [userId, accountNumber] of [
    [7, "SEVEN"],
    [8, "EIGHT"],
  ] as const) {
    expect((await system.post("/v1/accounts", { userId, accountNumber }, operator)).status).toBe(201);
    expect(
      (await system.post(`/v1/accounts/${accountNumber}/commands/confirm`, undefined, keyed("k"))).status,
    ).toBe(200);
  }
  await vi.waitFor(
    async () => {
      for (const number of ["SEVEN", "EIGHT"]) {
        expect((await system.get(`/v1/accounts/${number}`, operator)).body.version).toBe(2);
      }
    },
    { timeout: VIEW_TIMEOUT_MS, interval: 50 },
  );
});
afterAll(async () => {
  await system?.close();
  await issuer?.close();
});

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const keyed = (key: string) => ({ ...operator, "Idempotency-Key": key });
const problemOf = ({ status, body }: Reply) => [status, body.code];
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Something that each answering Worker answers. */
const DOORS = [
  ["GET", "/v1"],
  ["GET", "/v1/accounts/SEVEN"],
  ["GET", "/v1/accounts/SEVEN?minVersion=2"],
  ["GET", "/v1/accounts/SEVEN?version=1"],
  ["GET", `/v1/accounts/SEVEN?at=${Number.MAX_SAFE_INTEGER}`],
  ["GET", "/v1/accounts/SEVEN/events"],
  ["GET", "/v1/accounts/SEVEN/events/1"],
  ["GET", "/v1/accounts/SEVEN/commands"],
  ["GET", "/v1/accounts"],
  ["GET", "/v1/users/7/accounts"],
  ["GET", "/v1/status-totals"],
  ["GET", "/v1/feed"],
  ["GET", "/v1/nowhere"],
  ["POST", "/v1/accounts", { userId: 7, accountNumber: "INTRUDER" }],
  ["POST", "/v1/accounts/SEVEN/commands/close"],
  ["POST", "/v1/commands", { command: "create", userId: 7, accountNumber: "INTRUDER" }],
  ["POST", "/v1/commands", [{ command: "close", accountNumber: "SEVEN" }]],
  ["GET", "/v1/operations"],
  ["GET", "/v1/operations/status"],
  ["GET", "/v1/operations/parked"],
  ["POST", "/v1/operations/parked/replay"],
  ["POST", "/v1/operations/rebuilds"],
  ["POST", "/v1/operations/verifications"],
] as const;

/** All that the system holds, as an operator sees it. */
async function everything(): Promise<unknown> {
  const get = async (path: string) => (await system.get(path, operator)).body;
  return Promise.all(
    [
      "/v1/accounts/SEVEN/events",
      "/v1/accounts/EIGHT/events",
      "/v1/accounts",
      "/v1/feed",
      "/v1/status-totals",
    ].map(get),
  );
}

it.each([
  ["no token", () => ({})],
  ["an empty header", () => ({ Authorization: "" })],
  ["a scheme without a token", () => ({ Authorization: "Bearer" })],
  ["another scheme", () => ({ Authorization: `Basic ${btoa("operator:secret")}` })],
  ["garbage", () => bearer("garbage")],
  ["garbage in three parts", () => bearer("a.b.c")],
  ["alg none", () => bearer(`${base64({ alg: "none" })}.${base64(issuer.claims())}.`)],
  [
    "HS256 signed with the public key",
    async () => {
      const signed = `${base64({ alg: "HS256", kid: issuer.kid() })}.${base64(issuer.claims())}`;
      const hmac = createHmac("sha256", await issuer.publicKeyPem()).update(signed);
      return bearer(`${signed}.${hmac.digest("base64url")}`);
    },
  ],
  ["an unknown key", async () => bearer(await issuer.forge({}, { kid: "unknown" }))],
  ["an expired token", async () => bearer(await issuer.forge({ exp: Math.floor(Date.now() / 1000) - 60 }))],
  [
    "a token not yet valid",
    async () => bearer(await issuer.forge({ nbf: Math.floor(Date.now() / 1000) + 60 })),
  ],
  ["a token without exp", async () => bearer(await issuer.forge({ exp: undefined }))],
  ["a token without sub", async () => bearer(await issuer.forge({ sub: undefined }))],
  ["an empty sub", async () => bearer(await issuer.forge({ sub: "" }))],
  ["a sub without end", async () => bearer(await issuer.forge({ sub: "s".repeat(256) }))],
  ["another audience", async () => bearer(await issuer.forge({ aud: "urn:other" }))],
  ["no audience", async () => bearer(await issuer.forge({ aud: undefined }))],
  ["another issuer", async () => bearer(await issuer.forge({ iss: `${issuer.url}/` }))],
  [
    "claims that were changed after signing",
    async () => {
      const [header, , signature] = (await issuer.token("nobody", "accounts:read")).split(".");
      return bearer(`${header}.${base64(issuer.claims())}.${signature}`);
    },
  ],
] satisfies [string, () => Record<string, string> | Promise<Record<string, string>>][])(
  "%s is 401 at every door, and leaves nothing behind",
  async (_, headers) => {
    const before = await everything();
    const sent = await headers();
    for (const [method, path, body] of DOORS) {
      const reply = await system.send(method, path, body, sent);
      expect([path, ...problemOf(reply)]).toEqual([path, 401, "unauthenticated"]);
      expect(reply.headers.get("WWW-Authenticate")).toMatch(/^Bearer realm="tributary"/);
    }
    expect(await everything()).toEqual(before);
    expect((await system.get("/v1/accounts/INTRUDER/events", operator)).status).toBe(404);
  },
);

it("a token in the query string is not looked at", async () => {
  const token = operator.Authorization?.slice("Bearer ".length);
  for (const [method, path, body] of DOORS) {
    const address = `${path}${path.includes("?") ? "&" : "?"}access_token=${token}`;
    expect(problemOf(await system.send(method, address, body))).toEqual([401, "unauthenticated"]);
  }
});

it.each(["RS256", "ES256", "EdDSA"] as const)(
  "a token signed with %s lets in, and its subject is the actor",
  async (alg) => {
    const headers = bearer(await issuer.token("writer", "accounts:write", alg));
    const reply = await system.post("/v1/accounts", { userId: 9 }, headers);
    expect(reply.status).toBe(201);
    expect(reply.body.events[0].metadata.actor).toBe("writer");
  },
);

it("verification asks the issuer nothing per call", async () => {
  const before = issuer.asked.length;
  for (let call = 0; call < 20; call++) await system.get("/v1/accounts/SEVEN", operator);
  expect(issuer.asked.slice(before).length).toBeLessThan(5);
});

describe("scopes", () => {
  const allowed = async (subject: string, scope: string) => {
    const headers = bearer(await issuer.token(subject, scope));
    const statuses = await Promise.all(
      DOORS.map(async ([method, path]) => [
        `${method} ${path.split("?")[0]}`,
        // Without a body, so that who is let in is told that it is invalid or not legal, and nothing changes.
        (await system.send(method, path, method === "POST" ? { nothing: true } : undefined, headers)).status,
      ]),
    );
    return new Set(statuses.filter(([, status]) => status !== 403).map(([door]) => door));
  };
  const reads = DOORS.filter(([method, path]) => method === "GET" && !path.includes("operations")).map(
    ([method, path]) => `${method} ${path.split("?")[0]}`,
  );
  const open = ["GET /v1", "GET /v1/nowhere"];

  it("let in to what they are for, and to nothing else", async () => {
    expect(await allowed("nobody", "")).toEqual(new Set(open));
    expect(await allowed("reader", "accounts:read")).toEqual(new Set(reads));
    expect(await allowed("writer", "accounts:write")).toEqual(
      new Set([...open, "POST /v1/accounts", "POST /v1/accounts/SEVEN/commands/close", "POST /v1/commands"]),
    );
    const operations = DOORS.filter(([, path]) => path.includes("operations"));
    expect(await allowed("operator", "accounts:operate")).toEqual(
      new Set([...open, ...operations.map(([method, path]) => `${method} ${path}`)]),
    );
  });

  it("are told in the challenge of a 403, and leave nothing behind", async () => {
    const before = await everything();
    const reader = bearer(await issuer.token("reader", "accounts:read"));
    const reply = await system.post("/v1/accounts", { userId: 7, accountNumber: "INTRUDER" }, reader);
    expect(problemOf(reply)).toEqual([403, "forbidden"]);
    expect(reply.headers.get("WWW-Authenticate")).toBe(
      'Bearer realm="tributary", error="insufficient_scope", scope="accounts:write accounts:self"',
    );
    expect(await everything()).toEqual(before);
  });

  it("may stand in scp, as a list or a text", async () => {
    for (const scp of [["accounts:read"], "openid accounts:read"]) {
      const headers = bearer(await issuer.forge({ scope: undefined, scp }));
      expect((await system.get("/v1/feed", headers)).status).toBe(200);
      expect((await system.get("/v1/operations", headers)).status).toBe(403);
    }
  });
});

describe("a user", () => {
  let user: Record<string, string>;
  beforeAll(async () => {
    user = bearer(await issuer.token("7", "accounts:self"));
  });

  /** All that a client sees, but for what differs between any two requests, and the number that it asked for. */
  const seen = ({ status, headers, body }: Reply, accountNumber: string) => {
    const { instance: _, ...members } = body;
    const kept = [...headers].filter(([name]) => !["date", "content-length"].includes(name));
    return JSON.stringify([status, members, kept]).replaceAll(accountNumber, "N");
  };

  it("finds another's account at no route, exactly as one that does not exist", async () => {
    const before = await everything();
    const reads = DOORS.filter(([method, path]) => method === "GET" && path.includes("SEVEN"));
    expect(reads).toHaveLength(7);
    for (const [method, path] of [
      ...reads,
      ["GET", "/v1/accounts/SEVEN?version=99"],
      ["GET", "/v1/accounts/SEVEN?minVersion=99"],
      ["GET", "/v1/accounts/SEVEN?at=0"],
      ["GET", "/v1/accounts/SEVEN/events?after=99"],
      ["GET", "/v1/accounts/SEVEN/events/99"],
      ...["confirm", "activate", "suspend", "archive", "close", "make-default", "clear-default"].map(
        (command) => ["POST", `/v1/accounts/SEVEN/commands/${command}`],
      ),
    ] as [string, string][]) {
      const ask = async (number: string, headers = {}) =>
        seen(
          await system.send(method, path.replace("SEVEN", number), undefined, { ...user, ...headers }),
          number,
        );
      for (const headers of [
        {},
        { "If-None-Match": '"2"' },
        ...(method === "POST" ? [{ "Idempotency-Key": "k" }, { "If-Match": '"2"' }] : []),
      ]) {
        expect(await ask("EIGHT", headers)).toBe(await ask("ABSENT", headers));
        expect(await ask("EIGHT", headers)).toContain("account-not-found");
      }
      if (method === "POST") continue;
      const own = await system.send(method, path, undefined, user);
      expect(own.body.code ?? "version-not-found").toBe("version-not-found");
    }
    const [, eight] = (await everything()) as [unknown, unknown];
    expect(eight).toEqual((before as [unknown, unknown])[1]);
  });

  it("finds another's account in no bulk request, with or without a key that the account knows", async () => {
    const members = (accountNumber: string) => [
      { command: "close", accountNumber },
      { command: "confirm", accountNumber, idempotencyKey: "k" },
      { command: "close", accountNumber, idempotencyKey: "k" },
      { command: "close", accountNumber, expectedVersion: 2 },
    ];
    const reply = await system.post("/v1/commands", [...members("EIGHT"), ...members("ABSENT")], user);
    const outcomes = reply.body.map(
      ({ problem: { instance: _, ...problem } }: { problem: { instance: string } }) => problem,
    );
    expect(outcomes.slice(0, 4)).toEqual(outcomes.slice(4));
    expect(new Set(outcomes.map(({ code }: { code: string }) => code))).toEqual(
      new Set(["account-not-found"]),
    );
    expect((await system.get("/v1/accounts/EIGHT/events", operator)).body.items).toHaveLength(2);
  });

  it("opens accounts for itself alone; a number that another has is taken, without details", async () => {
    const own = await system.post("/v1/accounts", { userId: 7 }, user);
    expect([own.status, own.body.events[0].metadata.actor]).toEqual([201, "7"]);
    const others = await system.post("/v1/accounts", { userId: 8, accountNumber: "STOLEN" }, user);
    expect(problemOf(others)).toEqual([403, "forbidden"]);
    const [bulk] = (await system.post("/v1/commands", { command: "create", userId: 8 }, user)).body;
    expect([bulk.status, bulk.problem.code]).toEqual([403, "forbidden"]);
    for (const headers of [user, { ...user, "Idempotency-Key": "k" }]) {
      const taken = await system.post("/v1/accounts", { userId: 7, accountNumber: "EIGHT" }, headers);
      const { instance: _, type: __, ...told } = taken.body;
      expect(told).toEqual({
        status: 409,
        code: "account-already-exists",
        title: "The account number is taken",
        detail: "An account of this number exists",
      });
    }
    const expecting = { ...user, "If-Match": '"2"' };
    const told = [];
    for (const accountNumber of ["EIGHT", "ABSENT"]) {
      told.push(
        seen(await system.post("/v1/accounts", { userId: 7, accountNumber }, expecting), accountNumber),
      );
    }
    expect(told[0]).toBe(told[1]);
    expect((await system.get("/v1/accounts/STOLEN/events", operator)).status).toBe(404);
  });

  it("lists its own accounts alone, whoever's it asks for", async () => {
    for (const path of ["/v1/accounts", "/v1/accounts?userId=7", "/v1/users/7/accounts"]) {
      const items = (await system.get(path, user)).body.items;
      expect(items.map(({ userId }: { userId: number }) => userId)).toContain(7);
      expect(new Set(items.map(({ userId }: { userId: number }) => userId))).toEqual(new Set([7]));
    }
    for (const path of ["/v1/accounts?userId=", "/v1/users/"]) {
      const of = (userId: number) => (path.endsWith("=") ? `${path}${userId}` : `${path}${userId}/accounts`);
      const others = await system.get(of(8), user);
      expect(others.body.items).toEqual([]);
      expect(seen(others, "8")).toBe(seen(await system.get(of(12), user), "12"));
    }
  });

  it("sees its own accounts' events in the feed, and no totals, operations or other users", async () => {
    const events = await system.all("/v1/feed", user);
    expect(events.map(({ accountNumber }) => accountNumber)).toContain("SEVEN");
    expect(events.map(({ accountNumber }) => accountNumber)).not.toContain("EIGHT");
    const all = await system.all("/v1/feed", operator);
    expect(events).toEqual(
      all.filter(({ accountNumber }) => events.some((event) => event.accountNumber === accountNumber)),
    );
    for (const path of ["/v1/status-totals", "/v1/operations", "/v1/operations/status"]) {
      expect(problemOf(await system.get(path, user))).toEqual([403, "forbidden"]);
    }
  });

  it("is nobody where its subject is no user id", async () => {
    const subjects = ["07", "nobody"].map((subject) => issuer.token(subject, "accounts:self"));
    for (const subject of ["0", "-7", "7.0", "7e0", " 7", "9007199254740992", "٧"]) {
      subjects.push(issuer.forge({ sub: subject, scope: "accounts:self" }));
    }
    for (const token of await Promise.all(subjects)) {
      for (const path of ["/v1/accounts", "/v1/accounts/SEVEN", "/v1/feed"]) {
        expect(problemOf(await system.get(path, bearer(token)))).toEqual([403, "forbidden"]);
      }
    }
  });

  it("who may read all accounts besides is not held to its own", async () => {
    const both = bearer(await issuer.token("7", "accounts:self accounts:read"));
    expect((await system.get("/v1/accounts/EIGHT", both)).status).toBe(200);
    expect(problemOf(await system.post("/v1/accounts/EIGHT/commands/close", undefined, both))).toEqual([
      404,
      "account-not-found",
    ]);
  });
});

it("keys rotate: what the old ones signed is refused, what the new ones signed is not", async () => {
  const old = operator;
  await issuer.rotate();
  operator = bearer(await issuer.token("operator", EVERYTHING));
  await vi.waitFor(
    async () => {
      for (const path of ["/v1/accounts", "/v1/operations"]) {
        expect((await system.get(path, operator)).status).toBe(200);
      }
      expect((await system.post("/v1/accounts", { userId: 9 }, operator)).status).toBe(201);
    },
    { timeout: ROTATION_TIMEOUT_MS, interval: 250 },
  );
  expect(problemOf(await system.get("/v1/accounts", old))).toEqual([401, "unauthenticated"]);
});

describe("other configurations", () => {
  /** Sends a Host header that `fetch` would not. */
  async function statusAt(host: string, path: string): Promise<number | undefined> {
    const sent = request(new URL(path, await system.url()), { headers: { Host: host } }).end();
    const [response] = await once(sent, "response");
    await text(response);
    return response.statusCode;
  }
  const closed = [503, "authentication-not-configured"];
  const paths = ["/v1", "/v1/accounts/SEVEN", "/v1/operations", "/v1/commands", "/v1/nowhere"];

  it("the address of the keys may be given instead of discovered", async () => {
    issuer.asked.length = 0;
    await system.deploy(
      allPartsWith({ AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: AUDIENCE, AUTH_JWKS_URL: `${issuer.url}/jwks` }),
    );
    expect((await system.get("/v1/operations", operator)).status).toBe(200);
    expect(issuer.asked).toEqual(["/jwks"]);
  });

  it("an issuer that does not answer makes tokens neither good nor bad", async () => {
    await system.deploy(
      allPartsWith({
        AUTH_ISSUER: issuer.url,
        AUTH_AUDIENCE: AUDIENCE,
        AUTH_JWKS_URL: `${issuer.url}/nothing`,
      }),
    );
    expect(problemOf(await system.get("/v1", operator))).toEqual([503, "unavailable"]);
    expect(problemOf(await system.get("/v1"))).toEqual([401, "unauthenticated"]);
  });

  it("without an issuer, or with half of one, everything is closed", async () => {
    for (const vars of [
      {},
      { AUTH_ISSUER: issuer.url, OPEN_ON_LOOPBACK: "true" },
      { AUTH_AUDIENCE: AUDIENCE },
    ]) {
      await system.deploy(allPartsWith(vars));
      for (const path of paths) {
        expect(problemOf(await system.get(path))).toEqual(closed);
        expect(problemOf(await system.get(path, operator))).toEqual(closed);
      }
      expect((await system.get("/health")).status).toBe(200);
    }
  });

  describe("open mode", () => {
    beforeAll(() => system.deploy(allPartsWith({ OPEN_ON_LOOPBACK: "true" })));

    it("is for loopback host names alone", async () => {
      for (const path of ["/v1", "/v1/operations"]) {
        for (const host of ["localhost", "127.0.0.1:8787", "[::1]:8787"])
          expect(await statusAt(host, path)).toBe(200);
        for (const host of ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io"]) {
          expect(await statusAt(host, path)).toBe(503);
        }
      }
    });

    it("lets a page from elsewhere change nothing", async () => {
      const open = (userId: number, origin: string) =>
        system.post("/v1/accounts", { userId, accountNumber: `PAGE-${userId}` }, { Origin: origin });
      expect(problemOf(await open(20, "https://evil.example"))).toEqual([403, "forbidden"]);
      expect(problemOf(await open(20, "null"))).toEqual([403, "forbidden"]);
      expect((await system.get("/v1/accounts/PAGE-20/events")).status).toBe(404);
      expect((await open(21, "http://localhost:3000")).status).toBe(201);
    });
  });
});
