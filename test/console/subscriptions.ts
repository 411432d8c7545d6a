// The subscriptions: one is made, delivers, fails, goes on, changes its secret and ends, all in the browser.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Receiver, verified } from "../system/receiver.ts";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

const SOON = { timeout: 60_000, interval: 200 };

export function subscriptionsTests(console: ConsoleUnderTest): void {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
  });
  afterAll(() => receiver.stop());

  const openAccount = (accountNumber: string) =>
    console.system().post("/v1/accounts", { userId: 95, accountNumber });

  it("makes one, shows its secret once, and shows what it delivers, until it is deleted", async () => {
    const { page, complaints, forgive } = await console.open("/operations/subscriptions", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.getByText("Nobody is told of events yet").waitFor();
    await page.getByRole("button", { name: "New subscription" }).click();
    const form = page.getByRole("dialog", { name: "New subscription" });
    await form.getByRole("textbox", { name: "Address" }).fill("ftp://nowhere.example/");
    await form.getByRole("button", { name: "Subscribe" }).click();
    await form.locator('[aria-invalid="true"]').waitFor();
    // The browser says by itself that something was refused.
    expect(complaints.splice(0)).toEqual([expect.stringContaining("400")]);
    expect(await console.violations(page)).toEqual([]);

    await form.getByRole("textbox", { name: "Address" }).fill(receiver.url);
    await form.getByRole("checkbox", { name: "ACCOUNT_CREATED" }).check();
    await form.getByRole("button", { name: "Subscribe" }).click();
    const shown = page.getByRole("dialog", { name: "The secret, shown this once" });
    await shown.getByRole("button", { name: "Copy" }).click();
    await shown.getByText("Copied.").waitFor();
    // It is shown this once, so nothing but its button closes it.
    for (let times = 0; times < 2; times++) await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    expect(await shown.isVisible()).toBe(true);
    expect(await console.violations(page)).toEqual([]);
    const secret = await page.evaluate(() => navigator.clipboard.readText());
    await shown.getByRole("button", { name: "I have it" }).click();

    await page.waitForURL(/\/operations\/subscriptions\/./);
    await page.getByText("Active", { exact: true }).waitFor();
    await openAccount("DELIVERED");
    await page.getByText("DELIVERED:1").waitFor();
    const [delivery] = receiver.deliveries;
    if (delivery === undefined) throw new Error("Nothing was delivered");
    expect(verified(delivery, secret).type).toBe("ACCOUNT_CREATED");
    await takePictures(console, new URL(page.url()).pathname, "subscription", "DELIVERED:1");

    await page.getByRole("button", { name: "Change the secret" }).click();
    await page.getByRole("button", { name: "Change it" }).click();
    const changed = await shown.locator(".secret").innerText();
    expect(changed).toMatch(/^whsec_/);
    expect(changed).not.toBe(secret);
    await shown.getByRole("button", { name: "I have it" }).click();
    await shown.waitFor({ state: "detached" });
    const changing = page.getByRole("button", { name: "Change the secret" });
    expect(await changing.evaluate((element) => element === document.activeElement)).toBe(true);

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.waitForURL("**/operations/subscriptions");
    await page.getByText("Nobody is told of events yet").waitFor();
    expect((await console.system().get("/v1/subscriptions")).body.items).toEqual([]);
    // A reading of it that was under way may have found that it is gone, and the browser says so by itself.
    forgive("404");
  });

  it("can't be left between being made and showing its secret", async () => {
    const { page, close } = await console.open("/operations/subscriptions");
    const { promise: isWaitedFor, resolve: answer } = Promise.withResolvers<void>();
    await page.route(/\/v1\/subscriptions$/, async (route) => {
      if (route.request().method() === "POST") await isWaitedFor;
      await route.continue();
    });
    await page.getByRole("button", { name: "New subscription" }).click();
    const form = page.getByRole("dialog", { name: "New subscription" });
    await form.getByRole("textbox", { name: "Address" }).fill(receiver.url);
    await form.getByRole("button", { name: "Subscribe" }).click();
    for (let times = 0; times < 2; times++) await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    expect(await form.getByRole("button", { name: "Cancel" }).isDisabled()).toBe(true);

    answer();
    const shown = page.getByRole("dialog", { name: "The secret, shown this once" });
    await shown.getByRole("button", { name: "I have it" }).click();
    await page.waitForURL(/\/operations\/subscriptions\/./);
    await close();
    const { items } = (await console.system().get("/v1/subscriptions")).body;
    for (const { _links } of items) await console.system().send("DELETE", _links.self.href);
    expect(items).toHaveLength(1);
  });

  it("shows what fails and why, and delivers it once the receiver is back", async () => {
    receiver.answer = () => 503;
    const { body } = await console.system().post("/v1/subscriptions", { url: receiver.url });
    await openAccount("REFUSED");
    const { page } = await console.open("/operations/subscriptions");
    await page.getByRole("row", { name: /The receiver answered 503/ }).waitFor();
    await page.getByRole("link", { name: receiver.url }).click();
    await page.getByText("The receiver answered 503").waitFor();
    await takePictures(console, "/operations/subscriptions", "subscriptions", "all events");

    receiver.answer = () => 204;
    await page.getByRole("button", { name: "Replay" }).click();
    await vi.waitFor(() => expect(receiver.ids).toContain("REFUSED:1"), SOON);
    await page.getByText("Active", { exact: true }).waitFor();
    await console.system().send("DELETE", body._links.self.href);
  });

  it("says how many accounts are parked, though it lists not all, and replays none for a receiver that is gone", async () => {
    const { body } = await console.system().post("/v1/subscriptions", { url: receiver.url });
    const operations = await console.system().operations();
    await operations
      .prepare(
        `WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 501)
         INSERT INTO subscription_waiting SELECT ?1, 'PARKED-' || n, 1, 1, 11, NULL, 1, 'Refused' FROM many`,
      )
      .bind(body.id)
      .run();
    const { page } = await console.open(`/operations/subscriptions/${body.id}`);
    await page.getByRole("button", { name: "Replay PARKED-1", exact: true }).waitFor();
    await page.getByText("501 accounts").waitFor();

    await operations.prepare("UPDATE subscriptions SET state = 'gone' WHERE id = ?1").bind(body.id).run();
    await page.getByText("Gone", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Replay" }).count()).toBe(0);
    await console.system().send("DELETE", body._links.self.href);
  });
}
