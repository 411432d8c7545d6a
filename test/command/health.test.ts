// The command Worker's health: accounts whose events the queue does not take, once they wait too long.

import { env, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Unpublished } from "../../src/command/unpublished.ts";
import worker from "../../src/command/worker.ts";
import { emptyUnpublishedList, recordSendsOf, storageOf } from "../workerd/account-objects.ts";
import { CREATE, MAKE_DEFAULT, request } from "../workerd/commands.ts";
import { send } from "./http.ts";

beforeEach(async () => {
  vi.spyOn(console, "error").mockReturnValue();
  await emptyUnpublishedList();
});
afterEach(() => vi.restoreAllMocks());

const health = () => send("GET", "/health");

const WAIT = { timeout: 20_000 };

/** As if so much time had passed. */
function later(ms: number): void {
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + ms);
}

it("is well where the queue takes what it is sent", async () => {
  expect(await health()).toMatchObject({ status: 200, body: { status: "ok" } });
});

it("is unwell, with the reason, while the queue has refused events for a minute, until it takes them", async () => {
  const { sends } = recordSendsOf((accountNumber) => accountNumber === "HEALTH-1");
  sends.mockRejectedValue(new Error("Queue overloaded"));
  const log = env.ACCOUNT_LOGS.getByName("HEALTH-1");
  const [outcome] = await log.execute([request(CREATE)], false);
  await runDurableObjectAlarm(log);
  expect((await health()).status).toBe(200);

  later(61_000);
  const reply = await health();
  expect(reply.status).toBe(503);
  expect(reply.headers.get("Retry-After")).not.toBeNull();
  const since = new Date(outcome?.kind === "accepted" ? outcome.account.createdAt : 0).toISOString();
  expect(reply.body).toEqual({ status: `the queue refuses events since ${since} (accounts: 1)` });

  sends.mockResolvedValue();
  await runDurableObjectAlarm(log);
  expect((await health()).status).toBe(200);
});

it("is well again as soon as the queue has what waited, however busy the account goes on being", async () => {
  const { sends } = recordSendsOf((accountNumber) => accountNumber === "HEALTH-BUSY");
  sends.mockRejectedValue(new Error("Queue overloaded"));
  const log = env.ACCOUNT_LOGS.getByName("HEALTH-BUSY");
  await log.execute([request(CREATE)], false);
  await runDurableObjectAlarm(log);
  later(61_000);
  expect((await health()).status).toBe(503);

  // The first send takes what waited; during it more is committed, and the next one hangs.
  let begun = 0;
  let isCommitted = false;
  let isOver = false;
  sends.mockImplementation(async () => {
    const isFirst = ++begun === 1;
    while (!isOver && (!isFirst || !isCommitted)) await scheduler.wait(5);
  });
  const alarm = runDurableObjectAlarm(log);
  try {
    await vi.waitFor(() => expect(begun).toBe(1), WAIT);
    await log.execute([request(MAKE_DEFAULT)], false);
    isCommitted = true;
    await vi.waitFor(async () => expect((await health()).status).toBe(200), WAIT);
    expect(begun).toBe(2);
  } finally {
    isOver = true;
    await alarm;
  }
});

it("is well again also where the answer to the account's note was lost", async () => {
  const { sends } = recordSendsOf((accountNumber) => accountNumber === "HEALTH-LOST");
  sends.mockRejectedValue(new Error("Queue overloaded"));
  const log = env.ACCOUNT_LOGS.getByName("HEALTH-LOST");
  await log.execute([request(CREATE)], false);
  const { note } = Unpublished.prototype;
  vi.spyOn(Unpublished.prototype, "note").mockImplementationOnce(async function (
    this: Unpublished,
    ...told: Parameters<typeof note>
  ) {
    await note.apply(this, told);
    throw new Error("reset");
  });
  await runDurableObjectAlarm(log);
  later(61_000);
  expect((await health()).status).toBe(503);

  sends.mockResolvedValue();
  await runDurableObjectAlarm(log);
  expect((await health()).status).toBe(200);
});

it("is unwell, too, where an event that waits can't be read, until it can", async () => {
  const { sends } = recordSendsOf((accountNumber) => accountNumber === "HEALTH-DAMAGED");
  sends.mockRejectedValue(new Error("Queue overloaded"));
  const log = env.ACCOUNT_LOGS.getByName("HEALTH-DAMAGED");
  await log.execute([request(CREATE)], false);
  await evictDurableObject(log);
  await storageOf(
    "HEALTH-DAMAGED",
    ({ sql }) => void sql.exec("UPDATE events SET metadata = '{' || metadata"),
  );
  await runDurableObjectAlarm(log);
  later(61_000);
  expect((await health()).status).toBe(503);

  sends.mockResolvedValue();
  await runDurableObjectAlarm(log);
  expect((await health()).status).toBe(503);
  await storageOf(
    "HEALTH-DAMAGED",
    ({ sql }) => void sql.exec("UPDATE events SET metadata = substr(metadata, 2)"),
  );
  await runDurableObjectAlarm(log);
  expect((await health()).status).toBe(200);
});

it("is unwell where the list of those accounts does not answer", async () => {
  const UNPUBLISHED = {
    getByName: () => ({
      ...env.UNPUBLISHED.getByName("none"),
      summary: () => Promise.reject(new Error("reset")),
    }),
  };
  const response = await worker.fetch(new Request("http://localhost/health"), { ...env, UNPUBLISHED });
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: "the list of unpublished accounts does not answer" });
});
