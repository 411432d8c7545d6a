// One account: its commands, its events as they come, and the way back through them.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";
import { watchShifts } from "./shifts.ts";

export function accountTests(console: ConsoleUnderTest): void {
  /** Once it is active by itself, so that no function is faster than the test. */
  async function openAccount(accountNumber: string, members: object = {}): Promise<void> {
    const system = console.system();
    await system.post("/v1/accounts", { userId: 601, accountNumber, ...members });
    await expect
      .poll(async () => (await system.get(`/v1/accounts/${accountNumber}/commands`)).body.version, {
        timeout: 20_000,
      })
      .toBe(3);
  }
  const events = (page: Page) => page.getByRole("region", { name: "Events" }).getByRole("listitem");
  const slider = (page: Page) => page.getByRole("slider", { name: "Version" });
  const command = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  it("suspends an account for a reason, and another window shows it", async () => {
    await openAccount("SUSPENDED-1");
    const { page: other } = await console.open("/accounts/SUSPENDED-1");
    await other.getByRole("heading", { name: "Account SUSPENDED-1 Active" }).waitFor();
    const { page } = await console.open("/accounts/SUSPENDED-1");
    await command(page, "Suspend").click();
    const dialog = page.getByRole("dialog", { name: "Suspend account SUSPENDED-1?" });
    await dialog.getByLabel("Reason").fill("chargeback");
    expect(await console.violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Suspend the account" }).click();
    await dialog.waitFor({ state: "detached" });

    for (const window of [page, other]) {
      await window.getByRole("heading", { name: "Account SUSPENDED-1 Suspended" }).waitFor();
      await events(window).filter({ hasText: "Suspended" }).filter({ hasText: "chargeback" }).waitFor();
      await command(window, "Activate").waitFor();
      expect(await command(window, "Suspend").count()).toBe(0);
    }
  });

  it("travels to version 1, which is a link, and back", async () => {
    await openAccount("TRAVELLED");
    const { page } = await console.open("/accounts/TRAVELLED");
    const state = page.getByRole("region", { name: "Through time" });
    await state.getByRole("row", { name: "Status Active was Confirmed" }).waitFor();

    await slider(page).focus();
    await page.keyboard.press("Home");
    await state.getByRole("row", { name: /^Status Pending$/ }).waitFor();
    expect(new URL(page.url()).search).toBe("?version=1");
    expect(await slider(page).getAttribute("aria-valuetext")).toBe("Version 1 of 3: Created");
    await page.keyboard.press("ArrowRight");
    await state.getByRole("row", { name: "Status Confirmed was Pending" }).waitFor();

    await page.goto("/accounts/TRAVELLED?version=1");
    await state.getByRole("row", { name: /^Status Pending$/ }).waitFor();
    // What it takes, it takes now.
    await command(page, "Suspend").waitFor();
    await state.getByRole("link", { name: "Back to now" }).click();
    await state.getByRole("row", { name: "Status Active was Confirmed" }).waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  it("stays where one travels while new events come, and moves along where one does not", async () => {
    await openAccount("MOVING");
    const { page: traveller } = await console.open("/accounts/MOVING?version=2");
    const { page: follower } = await console.open("/accounts/MOVING");
    await slider(traveller).waitFor();
    await slider(follower).waitFor();
    await console.system().post("/v1/accounts/MOVING/commands/suspend", { reason: "moved" });

    await events(traveller).filter({ hasText: "moved" }).waitFor();
    expect(await slider(traveller).getAttribute("aria-valuetext")).toBe("Version 2 of 4: Confirmed");
    expect(await slider(traveller).getAttribute("max")).toBe("4");
    await events(follower).filter({ hasText: "moved" }).waitFor();
    await expect
      .poll(() => slider(follower).getAttribute("aria-valuetext"))
      .toBe("Version 4 of 4: Suspended");
  });

  it("moves along again after the slider was moved away and back", async () => {
    await openAccount("AWAY-AND-BACK");
    const { page } = await console.open("/accounts/AWAY-AND-BACK");
    const place = await slider(page).boundingBox();
    if (place === null) throw new Error("It is not shown");
    const [end, middle] = [place.x + place.width - 4, place.y + place.height / 2];
    await page.mouse.move(end, middle);
    await page.mouse.down();
    await page.mouse.move(place.x + 4, middle, { steps: 4 });
    await expect.poll(() => slider(page).getAttribute("aria-valuetext")).toBe("Version 1 of 3: Created");
    await page.mouse.move(end, middle, { steps: 4 });
    await page.mouse.up();

    await console.system().post("/v1/accounts/AWAY-AND-BACK/commands/suspend");
    await expect
      .poll(() => slider(page).getAttribute("aria-valuetext"), { timeout: 20_000 })
      .toBe("Version 4 of 4: Suspended");
  });

  it("says in words that somebody else was faster, and what is not possible any more", async () => {
    await openAccount("CONTENDED");
    const opened = await console.open("/accounts/CONTENDED");
    const { page } = opened;
    await command(page, "Close").click();
    const dialog = page.getByRole("dialog", { name: "Close account CONTENDED?" });
    const close = dialog.getByRole("button", { name: "Close the account" });
    await close.waitFor();
    await console.system().post("/v1/accounts/CONTENDED/commands/archive", {});
    await close.click();
    await dialog.getByText("Somebody else was faster. The account is at version 4 by now.").waitFor();
    expect(await console.violations(page)).toEqual([]);

    await console.system().post("/v1/accounts/CONTENDED/commands/close", { reason: "first" });
    await close.click();
    await dialog.getByText("Somebody else was faster. The account is at version 5 by now.").waitFor();
    await close.click();
    await dialog.getByText("The account is closed. That is for good").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Account CONTENDED Closed" }).waitFor();
    await page.getByText("It is closed for good and takes no commands.").waitFor();
    expect(await command(page, "Close").count()).toBe(0);
    expect(await console.violations(page)).toEqual([]);
    expect(opened.complaints.splice(0)).toEqual([
      expect.stringContaining("412"),
      expect.stringContaining("412"),
      expect.stringContaining("409"),
    ]);
  });

  it("does once what is sent again because no answer came, and keeps the focus on the screen", async () => {
    await openAccount("ANSWERLESS");
    const { page, forgive } = await console.open("/accounts/ANSWERLESS");
    forgive("net::ERR_");
    await page.route("**/commands/suspend", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await command(page, "Suspend").click();
    const dialog = page.getByRole("dialog");
    const suspend = dialog.getByRole("button", { name: "Suspend the account" });
    await suspend.click();
    await dialog.getByText("The service does not answer").waitFor();
    await page.unroute("**/commands/suspend");
    await suspend.click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Account ANSWERLESS is suspended").waitFor();
    // The button that asked for it is gone.
    const heading = page.getByRole("heading", { name: "Account ANSWERLESS Suspended" });
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("moves nothing under a pointer when an event comes, and shows it once that is elsewhere", async () => {
    await openAccount("POINTED-AT");
    const { page } = await console.open("/accounts/POINTED-AT");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelector(".skeleton") === null);
    await events(page).nth(1).hover();
    const shifts = await watchShifts(page);
    await console.system().post("/v1/accounts/POINTED-AT/commands/suspend", { reason: "unseen" });
    await page.getByText("Held while you are in it: 1 event since").waitFor();
    await command(page, "Activate").waitFor();
    await page
      .getByRole("region", { name: "Through time" })
      .getByRole("row", { name: "Status Suspended was Active" })
      .waitFor();
    expect(await shifts()).toEqual([]);
    expect(await events(page).count()).toBe(3);

    await page.mouse.move(0, 0);
    await events(page).filter({ hasText: "unseen" }).waitFor();
  });

  it("shows by itself what could not be read at first", async () => {
    await openAccount("ANSWERED-LATE");
    const { page, forgive } = await console.open("/sign-in");
    forgive("net::ERR_");
    let isDown = true;
    await page.route(/ANSWERED-LATE(\/events)?\?(after|version)=/, (route) =>
      isDown ? route.abort() : route.continue(),
    );
    await page.goto("/accounts/ANSWERED-LATE");
    await page.getByRole("region", { name: "Events" }).getByRole("alert").waitFor();
    await page.getByRole("region", { name: "Through time" }).getByRole("alert").waitFor();
    isDown = false;
    await events(page).filter({ hasText: "version 3" }).waitFor();
    await page.getByRole("row", { name: "Status Active was Confirmed" }).waitFor();
  });

  it("leads from an event to its cause in another account, and shows the trace of both", async () => {
    await openAccount("CAUSE-1", { userId: 602, defaultAccount: true });
    await openAccount("CAUSE-2", { userId: 602, defaultAccount: true });
    const { page } = await console.open("/accounts/CAUSE-1");
    const cleared = events(page).filter({ hasText: "Default cleared" });
    await cleared.getByText("one-default").waitFor();
    await cleared.getByRole("link", { name: /^Trace of version/ }).click();
    const trace = page.getByRole("dialog", { name: "Trace" });
    const lines = trace.getByRole("listitem");
    await lines.filter({ hasText: "CAUSE-2:1" }).waitFor();
    await lines.filter({ hasText: "CAUSE-1:4" }).waitFor();
    expect(await console.violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await trace.waitFor({ state: "detached" });

    await cleared.getByRole("link", { name: "CAUSE-2 version 1" }).click();
    await page.getByRole("heading", { name: "Account CAUSE-2 Active" }).waitFor();
    expect(new URL(page.url()).search).toBe("?version=1");
    await page.locator('[aria-current="true"]').filter({ hasText: "Created" }).waitFor();
  });

  it("leads from an event to its cause, which another service told of, in its trace too", async () => {
    await openAccount("DEPARTED", { userId: 604 });
    const told = { specversion: "1.0", id: "departed", source: "/users", type: "user.deleted" };
    const headers = { "Content-Type": "application/cloudevents+json" };
    await console.system().post("/v1/inbox", { ...told, subject: "604", data: { userId: 604 } }, headers);
    const { page } = await console.open("/accounts/DEPARTED");
    const closed = events(page).filter({ hasText: "The user has left" });
    await closed.getByRole("link", { name: /^Trace of version/ }).click();
    const trace = page.getByRole("dialog", { name: "Trace" });
    const cause = { name: /^event \d+ of the inbox$/ };
    await trace.getByRole("link", cause).waitFor();
    await page.keyboard.press("Escape");
    await trace.waitFor({ state: "detached" });

    await closed.getByRole("link", cause).click();
    await page.waitForURL(/\/operations\/inbox\?event=\d+$/);
    await page.getByRole("dialog").getByText('"type": "user.deleted"').waitFor();
  });

  it("is gone through by keyboard alone: a command, a reason, time, and an event's trace", async () => {
    await openAccount("BY-KEY");
    const { page } = await console.open("/accounts/BY-KEY");
    await command(page, "Suspend").waitFor();
    await tabTo(page, "Suspend");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Suspend account BY-KEY?" });
    await dialog.waitFor();
    await page.keyboard.type("typed");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await events(page).filter({ hasText: "typed" }).waitFor();

    await tabTo(page, "Version");
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL("**/accounts/BY-KEY?version=3");
    await tabTo(page, "Trace of version 4");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Trace" }).getByText("BY-KEY:4").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForURL("**/accounts/BY-KEY?version=3");
  });

  it("shows a long log page by page, and any version of it", async () => {
    await openAccount("LONG");
    const members = Array.from({ length: 100 }, (_, place) => ({
      command: place % 2 === 0 ? "make-default" : "clear-default",
      accountNumber: "LONG",
    }));
    for (let round = 0; round < 2; round++) await console.system().post("/v1/commands", members);
    const { page } = await console.open("/accounts/LONG");
    await events(page).filter({ hasText: "version 203" }).waitFor();
    expect(await events(page).count()).toBe(53);
    await page.getByRole("link", { name: "Older" }).click();
    await events(page).filter({ hasText: "version 101" }).waitFor();
    expect(await events(page).count()).toBe(50);

    await page.getByLabel("Version number").fill("20");
    await page.keyboard.press("Enter");
    await page.locator('[aria-current="true"]').filter({ hasText: "version 20" }).waitFor();
    await page
      .getByRole("region", { name: "Through time" })
      .getByRole("row", { name: "Version 20 was 19" })
      .waitFor();
    await page.getByRole("link", { name: "Newest" }).click();
    await events(page).filter({ hasText: "version 203" }).waitFor();
  });

  it("says that an account is parked, and tries it again", async () => {
    await openAccount("STUCK");
    const operations = await console.system().operations();
    await operations
      .prepare(
        "INSERT INTO parked (account_number, version, reason, at, attempts) VALUES ('STUCK', 3, 'Does not fold', 1, 1)",
      )
      .run();
    // It is not on the first page of all that is parked.
    await operations
      .prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO parked SELECT printf('PARKED-%04d', number), 1, 'Broken', 1000, 1, NULL FROM numbers`,
      )
      .run();
    const { page } = await console.open("/sign-in");
    const isShown = Promise.withResolvers<void>();
    await page.route("**/v1/operations/parked?*", (route) => isShown.promise.then(() => route.continue()));
    await page.goto("/accounts/STUCK");
    await events(page).filter({ hasText: "version 3" }).waitFor();
    await page.waitForFunction(() => document.querySelector(".skeleton") === null);
    const shifts = await watchShifts(page);
    isShown.resolve();
    const parked = page.getByRole("region", { name: "Parked" });
    await parked.getByText("Does not fold").waitFor();
    expect(await shifts()).toEqual([]);
    expect(await console.violations(page)).toEqual([]);
    await parked.getByRole("button", { name: "Try again" }).click();
    await parked.waitFor({ state: "detached", timeout: 30_000 });
    await operations.prepare("DELETE FROM parked WHERE account_number LIKE 'PARKED-%'").run();
  });

  it("says where there is no such account, or no such version", async () => {
    const opened = await console.open("/accounts/NOBODY");
    const { page } = opened;
    await page.getByText("No account has the number NOBODY").waitFor();
    expect(await console.violations(page)).toEqual([]);
    await page.goto("/accounts/no%20number");
    await page.getByText("No account can have this number").waitFor();
    await openAccount("YOUNG");
    await page.goto("/accounts/YOUNG?version=99");
    await page.getByText("There is no version 99 yet").waitFor();
    expect(opened.complaints.splice(0).length).toBeGreaterThan(0);
  });

  it("is legible, light and dark, narrow and wide", async () => {
    await openAccount("PORTRAIT", { userId: 603, defaultAccount: true });
    const system = console.system();
    await system.post("/v1/accounts/PORTRAIT/commands/suspend", { reason: "A chargeback over 1,200 €" });
    await system.post("/v1/accounts/PORTRAIT/commands/activate");
    await takePictures(console, "/accounts/PORTRAIT", "account", "version 5");
    await takePictures(console, "/accounts/PORTRAIT?version=4", "account-past", "Back to now");
  });
}

/** As often as it takes, and no more often than there may be stops. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < 60; stops++) {
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
    if (focused === name) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The Tab key leads to no ${name}`);
}
