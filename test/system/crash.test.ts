// The whole runtime killed in mid-work, and started again on what it left on disk: `npm start`, as a user runs it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const ACCOUNTS = 10;
const LOAD_MS = 2_000;
const CATCH_UP_TIMEOUT_MS = 30_000;

let state: string;
let running: ChildProcess | undefined;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "tributary-"));
});
afterEach(async () => {
  await killAll();
  await rm(state, { recursive: true, force: true });
});

it("every acknowledged command is in its log after SIGKILL during load, and the views go on", async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  await start(port);
  const acknowledged = await commandsUntilKilled(url);
  expect(acknowledged.length).toBeGreaterThan(ACCOUNTS);

  await start(port);
  for (let index = 0; index < ACCOUNTS; index++) {
    const accountNumber = `CRASH-${index}`;
    const response = await fetch(`${url}/v1/accounts/${accountNumber}/events?limit=500`);
    const { items }: { items: { id: string; version: number }[] } = JSON.parse(await response.text());
    expect(items.map(({ version }) => version)).toEqual(items.map((_, at) => at + 1));
    const own = acknowledged.filter((id) => id.startsWith(`${accountNumber}:`));
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(own));

    const closed = await post(`${url}/v1/accounts/${accountNumber}/commands/close`);
    expect(closed?.version).toBe(items.length + 1);
  }
  await vi.waitFor(
    async () => {
      const response = await fetch(`${url}/v1/status-totals`);
      expect(await response.json()).toMatchObject({
        totals: { ACCOUNT_CLOSED: ACCOUNTS },
        accounts: ACCOUNTS,
      });
    },
    { timeout: CATCH_UP_TIMEOUT_MS, interval: 200 },
  );
});

/** The ids of the events that were acknowledged; the runtime is killed while commands are under way. */
async function commandsUntilKilled(url: string): Promise<string[]> {
  const acknowledged: string[] = [];
  let killed = false;
  const clients = Array.from({ length: ACCOUNTS }, async (_, index) => {
    const accountNumber = `CRASH-${index}`;
    await post(`${url}/v1/accounts`, { userId: 1, accountNumber }).then(
      (event) => event && acknowledged.push(event.id),
    );
    for (let count = 0; !killed; count++) {
      const command = count % 2 === 0 ? "make-default" : "clear-default";
      const event = await post(`${url}/v1/accounts/${accountNumber}/commands/${command}`);
      if (event !== null) acknowledged.push(event.id);
    }
  });
  await new Promise((wake) => setTimeout(wake, LOAD_MS));
  await killAll();
  killed = true;
  await Promise.all(clients);
  return acknowledged;
}

/** The event that a command wrote; null where no acknowledgement came. */
async function post(url: string, body?: object): Promise<{ id: string; version: number } | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      ...(body === undefined
        ? {}
        : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    const reply = JSON.parse(await response.text());
    return response.ok ? reply.events[0] : null;
  } catch {
    return null;
  }
}

async function start(port: number): Promise<void> {
  running = spawn(process.execPath, ["src/tools/start.ts", "--port", String(port), "--persist-to", state], {
    // A process group of its own, so that a signal reaches the runtime below it too.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [running.stdout, running.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await vi.waitFor(() => expect(output).toContain("Tributary runs at"), { timeout: 60_000, interval: 100 });
}

async function killAll(): Promise<void> {
  if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
  const exited = once(running, "exit");
  process.kill(-running.pid, "SIGKILL");
  await exited;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No port");
  return address.port;
}
