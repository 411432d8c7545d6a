// The list of accounts: found, narrowed, paged, and added to.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

export function accountsTests(console: ConsoleUnderTest): void {
  const open = (path: string) => console.open(path);

  /** Few accounts do for several pages then. */
  async function openPagesOfTwo(path: string): Promise<Page> {
    const { page } = await open("/sign-in");
    await page.route(/\/v1\/accounts(\?|$)/, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set("limit", "2");
      return route.continue({ url: url.href });
    });
    await page.goto(path);
    return page;
  }

  it("opens an account by its form, and shows it become active by itself", async () => {
    const { page } = await open("/accounts");
    await page.getByRole("button", { name: "New account" }).click();
    const form = page.getByRole("dialog", { name: "New account" });
    await form.getByLabel("User", { exact: true }).fill("501");
    await form.getByLabel("Account number").fill("FORMED");
    expect(await console.violations(page)).toEqual([]);
    await form.getByRole("button", { name: "Open the account" }).click();

    await page.waitForURL("**/accounts/FORMED");
    await page.getByRole("heading", { name: "Account FORMED Active" }).waitFor();
    await page
      .getByRole("listitem")
      .filter({ hasText: "Activated" })
      .filter({ hasText: "onboarding" })
      .waitFor();
  });

  it("says at each field what is wrong with it, and in words what is refused", async () => {
    await console.system().post("/v1/accounts", { userId: 502, accountNumber: "TAKEN" });
    const opened = await open("/accounts?create=yes&as=no+number!");
    const form = opened.page.getByRole("dialog", { name: "New account" });
    const submit = form.getByRole("button", { name: "Open the account" });
    await submit.click();
    const number = form.getByLabel("Account number");
    await form.getByText("1 to 34 letters, digits or hyphens", { exact: true }).waitFor();
    expect(await number.getAttribute("aria-invalid")).toBe("true");
    expect(await form.getByLabel("User", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    expect(await console.violations(opened.page)).toEqual([]);

    const user = form.getByLabel("User", { exact: true });
    // What a person does not read as a number is none, though JavaScript would.
    await user.fill("0x1F");
    await number.fill("NOBODYS");
    await submit.click();
    await expect.poll(() => number.getAttribute("aria-invalid")).toBe("false");
    expect(await user.getAttribute("aria-invalid")).toBe("true");

    await user.fill("502");
    await number.fill("TAKEN");
    await submit.click();
    await form.getByText("An account of this number exists", { exact: true }).waitFor();
    expect(await form.getByLabel("User", { exact: true }).getAttribute("aria-invalid")).toBe("false");
    // The browser itself tells of each refusal.
    expect(opened.complaints.splice(0)).toEqual([
      expect.stringContaining("400"),
      expect.stringContaining("400"),
      expect.stringContaining("409"),
    ]);
  });

  it("is narrowed by user, status and default, and each view of it is a link", async () => {
    const system = console.system();
    await system.post("/v1/accounts", { userId: 503, accountNumber: "MAIN-503", defaultAccount: true });
    await system.post("/v1/accounts", { userId: 503, accountNumber: "SIDE-503" });
    const { page } = await open("/accounts?user=503");
    const rows = page.getByRole("rowheader");
    await rows.filter({ hasText: "MAIN-503" }).waitFor();
    await rows.filter({ hasText: "SIDE-503" }).waitFor();

    await page.getByLabel("Default").selectOption("Not default");
    await page.waitForURL("**/accounts?user=503&default=false");
    await rows.filter({ hasText: "MAIN-503" }).waitFor({ state: "detached" });
    await page.getByLabel("Status").selectOption("Closed");
    await page.getByText("No account matches").waitFor();
    await page.goBack();
    await rows.filter({ hasText: "SIDE-503" }).waitFor();
    expect(await page.getByLabel("Status").inputValue()).toBe("");
  });

  it("finds an account by its number, and says so where there is none", async () => {
    await console.system().post("/v1/accounts", { userId: 504, accountNumber: "SOUGHT" });
    const opened = await open("/accounts");
    const { page } = opened;
    await page.getByLabel("Account number").fill("SOUGHT");
    await page.keyboard.press("Enter");
    await page.getByRole("rowheader", { name: "SOUGHT" }).waitFor();

    await page.getByLabel("Account number").fill("NOWHERE");
    await page.keyboard.press("Enter");
    await page.getByText("No account has the number NOWHERE").waitFor();
    await page.getByRole("link", { name: "Open one with this number" }).click();
    const form = page.getByRole("dialog", { name: "New account" });
    expect(await form.getByLabel("Account number").inputValue()).toBe("NOWHERE");
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining("404")]);
  });

  it("goes on from page to page, and back to the first", async () => {
    const members = Array.from({ length: 60 }, (_, place) => ({
      command: "create",
      userId: 505,
      accountNumber: `PAGED-${place}`,
    }));
    await console.system().post("/v1/commands", members);
    const { page } = await open("/accounts?user=505");
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL(/cursor=/);
    await page.getByRole("rowheader", { name: "PAGED-0", exact: true }).waitFor();
    expect(await page.getByRole("rowheader").count()).toBe(10);
    // What was clicked is gone; a keyboard goes on from the list.
    const list = page.getByRole("heading", { name: "Accounts of user 505" });
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole("link", { name: "First page" }).click();
    await page.getByRole("rowheader", { name: "PAGED-59" }).waitFor();
  });

  it("keeps rows in their places: what is shown changes where it stands, what is new waits", async () => {
    const system = console.system();
    await system.post("/v1/accounts", { userId: 506, accountNumber: "STAYS" });
    const { page } = await open("/accounts?user=506");
    const row = page.getByRole("row").filter({ hasText: "STAYS" });
    await row.getByText("Active").waitFor();
    await system.post("/v1/accounts", { userId: 506, accountNumber: "ARRIVES" });
    await system.post("/v1/accounts/STAYS/commands/suspend", {});
    await row.getByText("Suspended").waitFor();
    const more = page.getByRole("button", { name: "Show 1 more" });
    await more.waitFor();
    expect(await page.getByRole("rowheader").allTextContents()).toEqual(["STAYS"]);
    await more.click();
    expect(await page.getByRole("rowheader").allTextContents()).toEqual(["ARRIVES", "STAYS"]);
  });

  it("keeps rows in their places also where as many came as a page holds", async () => {
    const system = console.system();
    const openTwo = async (prefix: string) => {
      for (const which of ["A", "B"]) {
        await system.post("/v1/accounts", { userId: 509, accountNumber: `${prefix}-${which}` });
      }
    };
    for (const prefix of ["FIRST", "EARLIER"]) await openTwo(prefix);
    const page = await openPagesOfTwo("/accounts?user=509");
    const rows = page.getByRole("rowheader");
    await page.getByRole("link", { name: "Next page" }).waitFor();
    const before = await rows.allTextContents();
    expect(before).toEqual(["EARLIER-B", "EARLIER-A"]);
    await openTwo("LATER");
    await page.getByRole("button", { name: "Show 2 more" }).waitFor();
    expect(await rows.allTextContents()).toEqual(before);
  });

  it("lets a row go that the list is not of any more, also where others follow the page", async () => {
    const system = console.system();
    const numbers = ["STAYS-1", "STAYS-2", "STAYS-3", "LEAVES"];
    for (const accountNumber of numbers) await system.post("/v1/accounts", { userId: 510, accountNumber });
    const active = async () => (await system.get("/v1/accounts?userId=510&status=ACCOUNT_ACTIVE")).body.items;
    await expect.poll(async () => (await active()).length, { timeout: 30_000 }).toBe(numbers.length);
    const page = await openPagesOfTwo("/accounts?user=510&status=ACCOUNT_ACTIVE");
    const row = page.getByRole("rowheader", { name: "LEAVES", exact: true });
    await row.waitFor();
    await system.post("/v1/accounts/LEAVES/commands/suspend", {});
    await row.waitFor({ state: "detached" });
  });

  it("says what is wrong with a filter", async () => {
    const opened = await open("/accounts?user=nobody");
    await opened.page.locator('[aria-invalid="true"]').waitFor();
    expect(await opened.page.getByLabel("User", { exact: true }).getAttribute("aria-invalid")).toBe("true");
    // Whatever happens has the page read again.
    opened.forgive("400");
  });

  it("is legible, light and dark, narrow and wide", async () => {
    const system = console.system();
    for (const accountNumber of ["PICTURE-1", "PICTURE-2", "A-NUMBER-AS-LONG-AS-ONE-CAN-BE-34X"]) {
      await system.post("/v1/accounts", { userId: 507, accountNumber });
    }
    await takePictures(console, "/accounts", "accounts", "PICTURE-2");
  });
}
