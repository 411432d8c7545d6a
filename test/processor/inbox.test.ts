// The inbox: what other services send is stored before it is answered, and handled once, whatever comes twice or fails.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signatureHeaders } from "../../src/http/standard-webhooks.ts";
import { seeToLost } from "../../src/processor/clock.ts";
import type { ProcessorEnv } from "../../src/processor/env.ts";
import worker from "../../src/processor/worker.ts";
import { readUserState } from "../../src/views/users.ts";
import { CREATE, request } from "../workerd/commands.ts";
import { deliver } from "../workerd/queue.ts";
import { useEmptyViews } from "../workerd/views.ts";

const views = useEmptyViews();

const STRUCTURED = "application/cloudevents+json";
const BATCH = "application/cloudevents-batch+json";
const SECRETS = [
  `whsec_${btoa("the old secret of the inbox")}`,
  `whsec_${btoa("the new secret of the inbox")}`,
];

/** What was sent to the queue and not delivered yet. */
let queued: unknown[];
/** Whether the queue takes anything. */
let queueFails: boolean;
beforeEach(() => {
  queued = [];
  queueFails = false;
  vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const bindings = (): ProcessorEnv => ({
  ...env,
  INBOX: Object.assign(Object.create(env.INBOX), {
    sendBatch: async (messages: Iterable<MessageSendRequest<unknown>>) => {
      if (queueFails) throw new Error("Queue sendBatch failed: overloaded");
      queued.push(...[...messages].map(({ body }) => body));
    },
  }),
});

async function send(init: RequestInit, path = "/v1/inbox", changed: Partial<ProcessorEnv> = {}) {
  const response = await worker.fetch(
    new Request(`http://localhost${path}`, init),
    Object.assign(bindings(), changed),
  );
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is the test's own claim
  const body: any = await response.json();
  return { status: response.status, body, headers: response.headers };
}

const post = (contentType: string, body: unknown, headers: HeadersInit = {}) =>
  send({
    method: "POST",
    headers: { "Content-Type": contentType, ...headers },
    body: JSON.stringify(body),
  });
const get = async (path: string) => (await send({}, path)).body;
const replay = (path: string) => send({ method: "POST" }, path);

let made = 0;

function event(members: Record<string, unknown> = {}) {
  return { specversion: "1.0", id: `e-${++made}`, source: "/users", type: "other.thing", ...members };
}

const userEvent = (type: string, userId: number, time: string, members: Record<string, unknown> = {}) =>
  event({ type: `user.${type}`, subject: String(userId), time, ...members });

/** As the queue would, with the parts that the test changes. */
async function deliverQueued(changed: Partial<ProcessorEnv> = {}) {
  return deliver(queued.splice(0), views, "inbox", changed);
}

const items = async (query = "") => (await get(`/v1/inbox${query}`)).items;
const userState = (userId: number) => readUserState(env.OPERATIONS, userId);

/** What the clock does every minute. */
async function minutePasses(): Promise<void> {
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ["Date"] });
  await seeToLost(bindings());
}

const DOWN: Partial<ProcessorEnv> = {
  FUNCTION_USER_DEPARTURE: env.USER_DEPARTURE,
  COMMANDS: { execute: () => Promise.reject(new Error("The command side can't be reached")) },
};

describe("an event", () => {
  it("is taken in one JSON body", async () => {
    const sent = event({ subject: "a", time: "2026-11-24T10:00:00Z", data: { deep: [1] }, partition: 7 });
    const reply = await post(`${STRUCTURED}; charset=utf-8`, sent);

    expect(reply.status).toBe(202);
    expect(reply.body.items).toMatchObject([{ source: sent.source, id: sent.id, state: "stored" }]);
    expect((await get(reply.body.items[0]._links.self.href)).event).toEqual(sent);
  });

  it("is taken as headers and data", async () => {
    const reply = await send({
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "b%20%C3%A9%F0%9F%98%80 100%",
        "ce-source": "/binary",
        "ce-type": '"quoted \\"type\\""',
        "ce-partition": "7",
      },
      body: '{"deep": [1]}',
    });

    expect(reply.status).toBe(202);
    expect((await get(reply.body.items[0]._links.self.href)).event).toEqual({
      specversion: "1.0",
      id: "b é😀 100%",
      source: "/binary",
      type: 'quoted "type"',
      partition: "7",
      datacontenttype: "application/json",
      data: { deep: [1] },
    });
  });

  it("keeps data that is no JSON byte for byte, and is taken without data", async () => {
    const headers = { "ce-specversion": "1.0", "ce-source": "/binary", "ce-type": "t" };
    const bytes = new Uint8Array([0, 255, 128]);
    const withData = await send({
      method: "POST",
      headers: { ...headers, "ce-id": "bytes", "Content-Type": "image/png" },
      body: bytes,
    });
    expect((await get(withData.body.items[0]._links.self.href)).event).toMatchObject({
      datacontenttype: "image/png",
      data_base64: "AP+A",
    });
    const without = await send({ method: "POST", headers: { ...headers, "ce-id": "nothing" } });
    expect((await get(without.body.items[0]._links.self.href)).event).toEqual({
      specversion: "1.0",
      id: "nothing",
      source: "/binary",
      type: "t",
    });
  });

  it("is taken with attributes that are null as if they were not there, and data that is", async () => {
    const reply = await post(STRUCTURED, event({ id: "nulls", subject: null, ext: null, data: null }));
    expect((await get(reply.body.items[0]._links.self.href)).event).toEqual({
      specversion: "1.0",
      id: "nulls",
      source: "/users",
      type: "other.thing",
      data: null,
    });
  });

  it("comes once, however often it comes", async () => {
    const sent = event();
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(STRUCTURED, sent)));
    await post(BATCH, [sent, event(), sent]);

    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
    expect(new Set(replies.map(({ body }) => body.items[0].number)).size).toBe(1);
    expect(await items()).toHaveLength(2);
    expect(queued).toHaveLength(2);
  });

  it("of one id from two sources is two", async () => {
    await post(BATCH, [event({ id: "same" }), event({ id: "same", source: "/elsewhere" })]);
    expect(await items()).toHaveLength(2);
  });
});

describe("a batch", () => {
  it("is stored in its order", async () => {
    const sent = Array.from({ length: 100 }, () => event());
    const reply = await post(BATCH, sent);

    expect(reply.status).toBe(202);
    expect(reply.body.items.map(({ id }: { id: string }) => id)).toEqual(sent.map(({ id }) => id));
    expect(queued).toHaveLength(100);
  });

  it("may be empty", async () => {
    expect((await post(BATCH, [])).status).toBe(202);
    expect(await items()).toEqual([]);
  });

  it("of which one is malformed is not stored at all", async () => {
    const reply = await post(BATCH, [
      event(),
      event({ id: "" }),
      userEvent("created", 0, "2026-11-24T10:00:00Z"),
    ]);
    expect(reply.status).toBe(400);
    expect(reply.body.errors[0].pointer).toBe("/1/id");
    expect(await items()).toEqual([]);
    expect(queued).toEqual([]);
  });
});

describe("what is malformed", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ specversion: "0.3" }, "/specversion"],
    [{ id: undefined }, "/id"],
    [{ id: "a\u0000b" }, "/id"],
    [{ id: "\ud800" }, "/id"],
    [{ source: "not a uri" }, "/source"],
    [{ type: 7 }, "/type"],
    [{ time: "yesterday" }, "/time"],
    [{ subject: "" }, "/subject"],
    [{ "Not-A-Name": "x" }, "/Not-A-Name"],
    [{ extension: { nested: true } }, "/extension"],
    [{ data: 1, data_base64: "AA==" }, "/data_base64"],
    [{ data_base64: "?" }, "/data_base64"],
  ])("%j is told by a pointer, %s", async (members, pointer) => {
    const reply = await post(STRUCTURED, event(members));
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ code: "invalid-request", errors: [{ pointer }] });
    expect(await items()).toEqual([]);
  });

  it.each<[Record<string, string>, string]>([
    [{ "ce-specversion": "2.0" }, "ce-specversion"],
    [{ "ce-time": "now" }, "ce-time"],
    [{ "ce-id": "%ff" }, "ce-id"],
    [{ "ce-id": "" }, "ce-id"],
    [{ "ce-data": "x" }, "ce-data"],
    [{ "ce-datacontenttype": "text/plain" }, "ce-datacontenttype"],
    [{ "ce-type": "user.created" }, "ce-subject"],
    [{ "ce-type": "user.deleted", "ce-subject": "seven" }, "ce-subject"],
  ])("%j is told by a header, %s", async (headers, header) => {
    const reply = await send({
      method: "POST",
      headers: { "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t", ...headers },
    });
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toMatchObject([{ header }]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["/subject", {}],
    ["/subject", { subject: "users/7" }],
    ["/subject", { subject: "007", data: { userId: 7 } }],
    ["/data/userId", { data: { userId: "7" } }],
    ["/data/userId", { data: { userId: 0 } }],
    ["/data/userId", { subject: "7", data: { userId: 8 } }],
  ])("a user event whose user can't be told is one: %s of %j", async (pointer, members) => {
    const reply = await post(STRUCTURED, event({ type: "user.created", ...members }));
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toMatchObject([{ pointer }]);
  });

  it("JSON that is none, too large or too deep is refused", async () => {
    const raw = (body: BodyInit, contentType = STRUCTURED) =>
      send({ method: "POST", headers: { "Content-Type": contentType }, body });
    expect((await raw("{")).status).toBe(400);
    expect((await raw("[]")).status).toBe(400);
    expect((await raw("{}", BATCH)).status).toBe(400);
    expect((await raw(`${"[".repeat(65)}${"]".repeat(65)}`)).status).toBe(400);
    expect((await post(STRUCTURED, event({ data: "x".repeat(16_384) }))).status).toBe(413);
    expect((await post(BATCH, [event({ data: "x".repeat(262_144) })])).status).toBe(413);
    expect(
      (
        await post(
          BATCH,
          Array.from({ length: 101 }, () => event()),
        )
      ).status,
    ).toBe(400);
    expect((await post(BATCH, [event({ data: "x".repeat(20_000) })])).status).toBe(202);
  });

  it.each(["application/json", "text/plain", "application/cloudevents+xml"])("%s is 415", async (type) => {
    expect((await post(type, event())).status).toBe(415);
    expect(await items()).toEqual([]);
  });
});

describe("a signature", () => {
  const FOREIGN = [`whsec_${btoa("a secret of somebody else")}`];
  const body = () => JSON.stringify(event());

  async function sendSigned(
    text: string,
    secrets: string[],
    { ageSeconds = 0, sent = text, address = "192.0.2.1", changed = {} } = {},
  ) {
    const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
    const signature = await signatureHeaders(secrets, {
      id: "msg_1",
      timestamp,
      body: new TextEncoder().encode(text),
    });
    return send(
      {
        method: "POST",
        headers: { "Content-Type": STRUCTURED, "CF-Connecting-IP": address, ...signature },
        body: sent,
      },
      "/v1/inbox",
      { INBOX_SECRETS: SECRETS.join(" "), ...changed },
    );
  }

  it("by either of two secrets lets an event in", async () => {
    for (const secret of SECRETS) expect((await sendSigned(body(), [secret])).status).toBe(202);
    expect(await items()).toHaveLength(2);
  });

  it("that does not hold keeps it out", async () => {
    const replies = [
      await sendSigned(body(), FOREIGN),
      await sendSigned(body(), SECRETS, { ageSeconds: 301 }),
      await sendSigned(body(), SECRETS, { ageSeconds: -302 }),
      await sendSigned(body(), SECRETS, { sent: body() }),
    ];
    // What else would let an event in is a token.
    expect(
      replies.map(({ status, body: { code }, headers }) => [status, code, headers.get("WWW-Authenticate")]),
    ).toEqual(replies.map(() => [401, "unauthenticated", 'Bearer realm="tributary"']));
    expect(await items()).toEqual([]);
  });

  it("that does not hold counts for the address that it came from", async () => {
    const changed = { REQUESTS_PER_CALLER: env.FEW_REQUESTS };
    const statuses: number[] = [];
    // A period may end meanwhile.
    while (statuses.at(-1) !== 429 && statuses.length < 10) {
      const { status } = await sendSigned(body(), FOREIGN, { address: "192.0.2.8", changed });
      statuses.push(status);
    }
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await sendSigned(body(), FOREIGN, { address: "192.0.2.9", changed })).status).toBe(401);
    expect((await sendSigned(body(), SECRETS, { address: "192.0.2.8", changed })).status).toBe(202);
  });
});

describe("handling", () => {
  it("keeps an event of a type that means nothing here, and does nothing", async () => {
    await post(STRUCTURED, event());
    expect(await deliverQueued()).toEqual({ acked: [0], retried: [] });
    expect(await items()).toMatchObject([{ state: "ignored", attempts: 0, reason: null }]);
  });

  it("keeps the users up to date, in whatever order the events come", async () => {
    await post(BATCH, [
      userEvent("created", 1, "2026-11-24T10:00:00Z"),
      userEvent("deleted", 2, "2026-11-24T11:00:00Z"),
      userEvent("created", 2, "2026-11-24T10:00:00Z"),
      userEvent("deleted", 3, "2026-11-24T10:00:00Z"),
      userEvent("created", 3, "2026-11-24T12:00:00+01:00"),
      userEvent("created", 4, "2026-11-24T10:00:00Z"),
      userEvent("deleted", 4, "2026-11-24T11:00:00+01:00"),
      userEvent("created", 5, "2026-11-24T10:00:00Z", { subject: undefined, data: { userId: 5 } }),
      userEvent("deleted", 6, "2026-11-24T10:00:00Z"),
      userEvent("created", 6, "2026-11-24T10:00:00.000Z"),
    ]);
    for (const body of queued.splice(0)) await deliver([body], views, "inbox");

    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map(userState))).toEqual([
      "known",
      "departed",
      "known",
      "departed",
      "known",
      "departed",
      "unknown",
    ]);
    expect(await items("?state=handled")).toHaveLength(10);
  });

  it("takes the types that are configured", async () => {
    const types = { USER_CREATED_TYPES: "acme.joined, acme.hired", USER_DELETED_TYPES: "acme.left" };
    for (const [type, subject] of [
      ["acme.hired", "1"],
      ["acme.left", "2"],
      ["user.created", "3"],
    ]) {
      await post(STRUCTURED, event({ type, subject }));
    }
    await deliverQueued(types);

    expect(await Promise.all([1, 2, 3].map(userState))).toEqual(["known", "departed", "unknown"]);
    expect(await items()).toMatchObject([{ state: "ignored" }, { state: "handled" }, { state: "handled" }]);
  });

  it("of an event that comes again after it was handled does not happen again", async () => {
    const sent = userEvent("created", 1, "2026-11-24T10:00:00Z");
    await post(STRUCTURED, sent);
    const [message] = queued;
    await deliverQueued();
    await env.OPERATIONS.prepare("DELETE FROM users").run();

    expect((await post(STRUCTURED, sent)).body.items).toMatchObject([{ state: "handled" }]);
    expect(queued).toEqual([]);
    expect(await deliver([message, message], views, "inbox")).toEqual({ acked: [0, 1], retried: [] });
    expect(await userState(1)).toBe("unknown");
  });

  it("happens though the queue took nothing, or lost what it took", async () => {
    queueFails = true;
    expect((await post(STRUCTURED, userEvent("created", 1, "2026-11-24T10:00:00Z"))).status).toBe(202);
    queueFails = false;
    await post(STRUCTURED, userEvent("created", 2, "2026-11-24T10:00:00Z"));
    expect(queued).toHaveLength(1);
    queued = [];

    await minutePasses();
    await deliverQueued();
    expect(await Promise.all([1, 2].map(userState))).toEqual(["known", "known"]);
    await minutePasses();
    expect(queued).toEqual([]);
  });

  it("goes through all that waits after an outage", async () => {
    queueFails = true;
    for (let batch = 0; batch < 3; batch++) {
      await post(
        BATCH,
        Array.from({ length: 90 }, () => event()),
      );
    }
    queueFails = false;
    await minutePasses();
    expect(queued).toHaveLength(270);
  });

  it("keeps a message that is not of the inbox", async () => {
    expect(await deliver([{ number: "one" }, {}], views, "inbox")).toEqual({ acked: [0, 1], retried: [] });
    expect((await get("/v1/operations/parked")).items).toHaveLength(2);
  });
});

describe("handling that fails", () => {
  /** Of a user with an account that can't be closed, beside one of a user without any. */
  async function failing(): Promise<void> {
    const accountNumber = `INBOX-${crypto.randomUUID().slice(0, 8)}`;
    const log = env.ACCOUNT_LOGS.getByName(accountNumber);
    await log.execute([request({ ...CREATE, type: "create", userId: 7, defaultAccount: false })], false);
    await deliver([{ accountNumber, events: (await log.events(0, 500)).events }]);
    await post(BATCH, [
      userEvent("deleted", 7, "2026-11-24T10:00:00Z"),
      userEvent("created", 8, "2026-11-24T10:00:00Z"),
    ]);
  }

  it("is tried again later, and no other event waits for it", async () => {
    await failing();
    expect(await deliverQueued(DOWN)).toEqual({ acked: [1], retried: [0] });
    expect(await userState(8)).toBe("known");
    expect(await items("?state=stored")).toMatchObject([{ attempts: 1, reason: expect.any(String) }]);

    const [{ number }] = await items("?state=stored");
    await deliver([{ number }], views, "inbox");
    expect(await items("?state=handled")).toHaveLength(2);
  });

  it("goes on failing until the event is parked, and is handled when it is replayed", async () => {
    await failing();
    const [{ number }] = await items("?state=stored").then((stored) => stored.toReversed());
    const messages = [{ number }];
    for (let attempt = 1; attempt < 12; attempt++) {
      expect((await deliver(messages, views, "inbox", DOWN)).retried).toEqual([0]);
    }
    expect((await deliver(messages, views, "inbox", DOWN)).acked).toEqual([0]);
    expect(await items("?state=parked")).toMatchObject([{ number, attempts: 12, state: "parked" }]);
    expect((await get("/v1/operations/status")).inbox).toEqual({ stored: 1, parked: 1 });

    queued = [];
    expect((await replay("/v1/inbox/replay")).body).toEqual({ replaying: 1 });
    expect(queued).toEqual([{ number }]);
    await deliverQueued();
    expect(await get(`/v1/inbox/${number}`)).toMatchObject({ state: "handled", reason: null });
    expect((await replay(`/v1/inbox/${number}/replay`)).status).toBe(404);
  });

  it("is not sent again by the clock while it waits for its next attempt", async () => {
    await failing();
    const [{ number }] = await items("?state=stored").then((stored) => stored.toReversed());
    for (let attempt = 0; attempt < 6; attempt++) await deliver([{ number }], views, "inbox", DOWN);
    await deliverQueued();
    queued = [];
    await minutePasses();
    expect(queued).toEqual([]);
  });

  it("an event that was ignored can be handled once its type is known", async () => {
    await post(STRUCTURED, event({ type: "acme.joined", subject: "9" }));
    await deliverQueued();
    const [{ number }] = await items("?state=ignored");
    const self = async (path: string) => (await send({}, path)).body._links.self.href;
    expect(await self("/v1/inbox?state=ignored")).toBe("/v1/inbox?state=ignored");
    expect(await self("/v1/inbox")).toBe("/v1/inbox");
    expect((await replay(`/v1/inbox/${number}/replay`)).status).toBe(202);
    await deliverQueued({ USER_CREATED_TYPES: "acme.joined" });
    expect(await userState(9)).toBe("known");
  });
});

it("an event that is not there, a state that is none and another method are told so", async () => {
  expect((await send({}, "/v1/inbox/1")).body.code).toBe("not-found");
  expect((await send({}, "/v1/inbox/one")).body.code).toBe("not-found");
  expect((await send({}, "/v1/inbox?state=lost")).body.errors).toMatchObject([{ parameter: "state" }]);
  expect((await send({}, "/v1/inbox?stat=parked")).body.errors).toMatchObject([{ parameter: "stat" }]);
  expect((await send({ method: "DELETE" })).headers.get("Allow")).toBe("GET, HEAD, POST");
});
