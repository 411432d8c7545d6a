// The overview: it counts, and goes on by itself.

import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import { type ConsoleUnderTest, NARROW, WIDE } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";
import { watchShifts } from "./shifts.ts";

const PATIENCE = { timeout: 30_000 };
/** The whole screen at once: a browser counts only what moves in sight. */
const ALL_OF_IT = 2_400;

export function overviewTests(console: ConsoleUnderTest): void {
  const { open, system, violations } = console;

  it("shows an account that is opened, as it becomes active, without being loaded again", async () => {
    const { page } = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();

    await system().post("/v1/accounts", { userId: 71, accountNumber: "SEEN" });

    await feedLines(page).filter({ hasText: /SEEN$/ }).filter({ hasText: "Activated" }).waitFor();
    const totals = page.getByRole("region", { name: "Accounts by status" });
    const { body } = await system().get("/v1/status-totals");
    await totals.getByText(`${body.accounts} account`).waitFor();
    await totals.getByText(`Active${body.totals.ACCOUNT_ACTIVE}`).waitFor();
    expect(body.totals.ACCOUNT_ACTIVE).toBeGreaterThan(0);
    expect(await totals.getByRole("link", { name: "Active" }).getAttribute("href")).toBe(
      "/accounts?status=ACCOUNT_ACTIVE",
    );
  });

  it("says how much happens: all events, and the commands of callers among them", async () => {
    const { page } = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    const chart = page.getByRole("img", { name: /Chart of the last 120 seconds/ });
    const counted = async () => {
      const [, events, fromCallers] =
        /: (\d+) events,.*; (\d+) of them/.exec((await chart.getAttribute("aria-label")) ?? "") ?? [];
      return { events: Number(events), fromCallers: Number(fromCallers) };
    };
    await chart.locator("canvas").waitFor();
    const before = await counted();

    // One command of a caller, and two of the onboarding function's.
    await system().post("/v1/accounts", { userId: 73, accountNumber: "COUNTED" });

    await vi.waitFor(async () => {
      // Others of the last two minutes may pass out of sight meanwhile.
      const now = await counted();
      expect(now.events).toBeGreaterThan(0);
      expect(now.fromCallers).toBeGreaterThan(0);
      expect(now.events).toBeGreaterThan(now.fromCallers);
      expect(now).not.toEqual(before);
    }, PATIENCE);
    const isPainted = await chart.locator("canvas").evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return false;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      return data.some((part) => part !== 0);
    });
    expect(isPainted).toBe(true);
  });

  it("shows the events of one type where the address says so", async () => {
    await system().post("/v1/accounts", { userId: 74, accountNumber: "FILTERED" });
    const { page } = await open("/?type=ACCOUNT_CONFIRMED");
    await feedLines(page).filter({ hasText: "FILTERED" }).waitFor();
    expect(await feedLines(page).filter({ hasNotText: "Confirmed" }).count()).toBe(0);

    await page.getByLabel("Type of event").selectOption("Closed");
    await page.waitForURL(/\?type=ACCOUNT_CLOSED$/);
    await page.getByText("None lately: closed").waitFor();
    await page.getByLabel("Type of event").selectOption("Every type");
    await feedLines(page).filter({ hasText: "Created" }).first().waitFor();
    await page.goBack();
    await page.getByText("None lately: closed").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("holds the feed still while it is paused, and goes on from there", async () => {
    const { page } = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    const feed = page.getByRole("region", { name: "Live feed" });
    await feedLines(page).first().waitFor();
    await feed.getByRole("button", { name: "Pause" }).click();

    await system().post("/v1/accounts", { userId: 75, accountNumber: "HELD-BACK" });

    await feed.getByText("Paused: 3 events since").waitFor();
    expect(await feedLines(page).filter({ hasText: "HELD-BACK" }).count()).toBe(0);
    await feed.getByRole("button", { name: "Resume" }).click();
    await feedLines(page).filter({ hasText: "HELD-BACK" }).filter({ hasText: "Activated" }).waitFor();
  });

  it("holds the feed still under a pointer, so that what is clicked is what was aimed at", async () => {
    const { page } = await open("/");
    await page.getByText("Live", { exact: true }).waitFor();
    const first = feedLines(page).first();
    const aimedAt = await first.textContent();
    await first.hover();
    await system().post("/v1/accounts", { userId: 75, accountNumber: "POINTED-PAST" });

    await page.getByText("Held while you are in it: 3 events since").waitFor();
    expect(await first.textContent()).toBe(aimedAt);
    await page.mouse.move(0, 0);
    await feedLines(page).filter({ hasText: "POINTED-PAST" }).filter({ hasText: "Activated" }).waitFor();
  });

  it("holds nothing still where nothing is shown, and shows the next event under the pointer", async () => {
    const { page } = await open("/?type=ACCOUNT_ARCHIVED");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("None lately: archived").hover();
    await system().post("/v1/accounts", { userId: 77, accountNumber: "POINTED-FOR" });
    const status = async () => (await system().get("/v1/accounts/POINTED-FOR")).body.status;
    await expect.poll(status, { timeout: 30_000 }).toBe("ACCOUNT_ACTIVE");
    await system().post("/v1/accounts/POINTED-FOR/commands/archive", {});
    await feedLines(page).filter({ hasText: "POINTED-FOR" }).filter({ hasText: "Archived" }).waitFor();
  });

  it.each([NARROW.viewport.width, WIDE.viewport.width])(
    "moves nothing when something new is shown: %i px wide",
    async (width) => {
      const { page } = await open("/", { viewport: { width, height: ALL_OF_IT } });
      // As on a busy day: the figures grow by digits.
      let factor = 1;
      await page.route("**/v1/operations/status", async (route) => {
        const response = await route.fetch();
        const { lagMs, ...others } = await response.json();
        await route.fulfill({
          response,
          json: { ...others, lagMs: { ...lagMs, events: lagMs.events * factor } },
        });
      });
      await page.getByText("Live", { exact: true }).waitFor();
      await page.waitForFunction(() => document.querySelector(".skeleton") === null);
      await page.getByRole("img", { name: /Chart/ }).locator("canvas").waitFor();
      const shifts = await watchShifts(page);
      factor = 1_000;

      const numbers = Array.from({ length: 12 }, (_, index) => `SHIFT-${width}-${index}`);
      for (const accountNumber of numbers) await system().post("/v1/accounts", { userId: 76, accountNumber });
      for (const accountNumber of numbers) {
        await feedLines(page)
          .filter({ hasText: new RegExp(`${accountNumber}$`) })
          .filter({ hasText: "Activated" })
          .waitFor();
      }
      const { body } = await system().get("/v1/status-totals");
      await page
        .getByRole("region", { name: "Accounts by status" })
        .getByText(`${body.accounts} account`)
        .waitFor();

      expect(await shifts()).toEqual([]);
    },
  );

  it("is legible, light and dark, narrow and wide", async () => {
    await system().post("/v1/accounts", { userId: 72, accountNumber: "PICTURED" });
    await takePictures(console, "/", "overview", "PICTURED");
  });
}

const feedLines = (page: Page) => page.getByRole("region", { name: "Live feed" }).getByRole("listitem");
