// The whole runtime killed in mid-work, and started again on what it left on disk: `npm start`, as a user runs it.

import { expect, it, vi } from "vitest";
import { useLocalSystem } from "./local-system.ts";

const ACCOUNTS = 10;
const LOAD_MS = 2_000;
const CATCH_UP_TIMEOUT_MS = 30_000;

const system = useLocalSystem();

it("every acknowledged command is in its log after SIGKILL during load, and the views go on", async () => {
  const url = await system.start();
  const acknowledged = await commandsUntilKilled(url);
  expect(acknowledged.length).toBeGreaterThan(ACCOUNTS);

  await system.start();
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
  await system.kill();
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
