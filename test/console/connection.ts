// The live feed where the connection does not last: what happened meanwhile is shown, once and in order.

import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import { look } from "./browser.ts";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { Wire } from "./wire.ts";

/** A client that was cut off waits longer with each failure, up to some seconds. */
const BACK_AGAIN = { timeout: 60_000 };

export function connectionTests({ open, system }: ConsoleUnderTest): void {
  it("comes back without a gap, and without a repeat, after the connection was lost", async () => {
    await using wire = await Wire.to(await system().url());
    const { page, complaints, close } = await open(wire.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await openAccount("BEFORE-CUT");
    await lineOf(page, "BEFORE-CUT", "Activated").waitFor();

    wire.cut();
    await page.getByText("Reconnecting", { exact: true }).waitFor(BACK_AGAIN);
    for (const number of ["WHILE-CUT-1", "WHILE-CUT-2"]) await openAccount(number);
    wire.mend();
    await page.getByText("Live", { exact: true }).waitFor(BACK_AGAIN);
    await openAccount("AFTER-CUT");
    await lineOf(page, "AFTER-CUT", "Activated").waitFor();

    expect(await shownEvents(page)).toEqual(await newestEvents());
    await close();
    // The browser says by itself which requests came to nothing.
    expect(complaints.splice(0).filter((text) => !text.includes("net::ERR_"))).toEqual([]);
  });

  it("follows nothing while nobody looks, and goes on where it was", async () => {
    const { page } = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    await openAccount("SEEN-LIVE");
    await lineOf(page, "SEEN-LIVE", "Activated").waitFor();

    const released = page.waitForEvent("requestfailed", (request) => request.url().includes("/v1/feed"));
    await look(page, false);
    await page.getByText("Paused", { exact: true }).waitFor();
    await released;
    await openAccount("WHILE-AWAY");
    expect(await lineOf(page, "WHILE-AWAY", "Activated").count()).toBe(0);

    await look(page, true);
    await lineOf(page, "WHILE-AWAY", "Activated").waitFor();
    expect(await shownEvents(page)).toEqual(await newestEvents());
  });

  it("begins with what happened before, and shows each figure, once what failed at first is answered", async () => {
    await openAccount("BEFORE-OPENING");
    const { page, forgive } = await open("/sign-in");
    forgive("net::ERR_");
    await page.getByText("There is nothing to sign in to").waitFor();
    let isDown = true;
    await page.route(/\/v1\/(operations\/status|status-totals)$/, (route) =>
      isDown ? route.abort() : route.continue(),
    );
    await page.goto("/");
    const totals = page.getByRole("region", { name: "Accounts by status" });
    await totals.getByRole("alert").getByText("The service does not answer").waitFor();
    await page.getByText("Reconnecting", { exact: true }).waitFor(BACK_AGAIN);

    isDown = false;
    await lineOf(page, "BEFORE-OPENING", "Activated").waitFor(BACK_AGAIN);
    // By itself: no event came that would have it read.
    await totals.getByRole("link", { name: "Active" }).waitFor(BACK_AGAIN);
  });

  /** Until it is active, which is after its last event. */
  async function openAccount(accountNumber: string): Promise<void> {
    await system().post("/v1/accounts", { userId: 90, accountNumber });
    await vi.waitFor(async () => {
      const { body } = await system().get(`/v1/accounts/${accountNumber}`);
      expect(body.status).toBe("ACCOUNT_ACTIVE");
    }, BACK_AGAIN);
  }

  /** As the service has them, newest first: as many as the feed shows. */
  async function newestEvents(): Promise<string[]> {
    const items = await system().all("/v1/feed");
    return items
      .map(({ accountNumber, version }) => `${accountNumber}:${version}`)
      .toReversed()
      .slice(0, 40);
  }
}

const lineOf = (page: Page, accountNumber: string, word: string) =>
  page
    .getByRole("region", { name: "Live feed" })
    .getByRole("listitem")
    .filter({ hasText: accountNumber })
    .filter({ hasText: word });

/** From the links: each leads to its event. */
function shownEvents(page: Page): Promise<string[]> {
  return page
    .getByRole("region", { name: "Live feed" })
    .getByRole("listitem")
    .getByRole("link")
    .evaluateAll((links) =>
      links.map((link) => {
        const { pathname, searchParams } = new URL(link.getAttribute("href") ?? "", location.origin);
        return `${pathname.split("/").at(-1)}:${searchParams.get("version")}`;
      }),
    );
}
