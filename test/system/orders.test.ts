// Orders refer to accounts, in another service: it holds those of a suspended account, and releases them, with both
// services restarted in between.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { freePort } from "./local-system.ts";
import { OrderService } from "./order-service.ts";
import { ALL_PARTS, System } from "./system.ts";

const SOON = { timeout: 60_000, interval: 100 };

let system: System;
let folder: string;
let orders: OrderService;
beforeAll(async () => {
  system = await System.start();
  folder = await mkdtemp(join(tmpdir(), "orders-"));
  orders = new OrderService(join(folder, "orders.sqlite"), await freePort());
});
afterAll(async () => {
  await orders.stop();
  await system.close();
  await rm(folder, { recursive: true, force: true });
});

const command = (accountNumber: string, name: string) =>
  system.post(`/v1/accounts/${accountNumber}/commands/${name}`);
const expectStatus = (id: string, status: string) =>
  vi.waitFor(() => expect(orders.status(id)).toBe(status), SOON);

it("orders of a suspended account are held, released when it is active again, and cancelled when it is closed", async () => {
  await orders.subscribe(await system.url());
  await orders.start();
  for (const account of ["BUYER", "OTHER"]) {
    await system.post("/v1/accounts", { userId: 1, accountNumber: account });
    await command(account, "confirm");
    await command(account, "activate");
  }
  orders.place("order-1", "BUYER");
  orders.place("order-2", "OTHER");

  await command("BUYER", "suspend");
  await expectStatus("order-1", "held");
  expect(orders.status("order-2")).toBe("open");

  // The order service is away while the account comes back to life.
  await orders.stop();
  await command("BUYER", "activate");
  expect(orders.status("order-1")).toBe("held");
  await system.deploy(ALL_PARTS);
  await orders.start();
  await expectStatus("order-1", "open");

  // Suspended and closed while it is away, and the account service restarts: it learns of both, in their order.
  await orders.stop();
  await command("BUYER", "suspend");
  await command("BUYER", "close");
  await system.deploy(ALL_PARTS);
  await orders.start();
  await expectStatus("order-1", "cancelled");
  expect(orders.status("order-2")).toBe("open");
});
