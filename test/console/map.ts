// The system map: what it shows, narrowed and searched, by pointer and by keys.

import type { Page } from "playwright-core";
import { beforeAll, expect, it, vi } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

const drawn = (page: Page) => page.getByRole("group", { name: "What leads to what" });
const node = (page: Page, name: string | RegExp) => drawn(page).getByRole("link", { name });
const box = (page: Page) => page.getByRole("region", { name: "The map, drawn" });

export function mapTests(console: ConsoleUnderTest): void {
  beforeAll(async () => {
    // The first event has the functions asked what they react to.
    await console.system().post("/v1/accounts", { userId: 80, accountNumber: "FOR-THE-MAP" });
    await vi.waitFor(
      async () => expect((await console.system().get("/v1/map")).body.functions).toHaveLength(3),
      { timeout: 60_000 },
    );
  });

  it("shows what leads to what, and how each is, as it changes", async () => {
    const { page } = await console.open("/map");
    for (const name of ["command create", "event ACCOUNT_CREATED", "event user.deleted"]) {
      await node(page, name).first().waitFor();
    }
    for (const name of [
      /^view feed, [\d,]+ events?$/,
      /^function onboarding, /,
      /^follower live streams, [\d,]+ open/,
    ]) {
      await node(page, name).waitFor();
    }
    const done = await reactionsOf(page, "onboarding");
    await console.system().post("/v1/accounts", { userId: 81, accountNumber: "MAPPED" });
    await expect.poll(() => reactionsOf(page, "onboarding"), { timeout: 30_000 }).toBeGreaterThan(done);

    const functions = page.getByRole("region", { name: "Each function" });
    await functions.getByRole("row", { name: /onboarding.*confirm, activate, close/ }).waitFor();
    const events = page.getByRole("region", { name: "Each event type" });
    await events.getByRole("row", { name: /user\.deleted.*another service.*user-departure/ }).waitFor();
  });

  it("narrows to an event and to a function, each by a link of its own, and back", async () => {
    const { page } = await console.open("/map");
    await node(page, "event ACCOUNT_CREATED").click();
    await page.waitForURL("**/map?event=ACCOUNT_CREATED");
    await node(page, "command suspend").waitFor({ state: "detached" });
    await node(page, /^function one-default/).click();
    await page.waitForURL("**/map?function=one-default");
    await node(page, /^function onboarding/).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Show more than the function one-default" }).click();
    await page.waitForURL("**/map");
    await node(page, /^function onboarding/).waitFor();

    const deep = await console.open("/map?function=user-departure");
    await node(deep.page, "event user.deleted").waitFor();
    expect(await node(deep.page, /^function onboarding/).count()).toBe(0);
  });

  it("finds what is searched for, keeps the search in its address, and says where nothing is called so", async () => {
    const { page } = await console.open("/map");
    const search = page.getByRole("searchbox", { name: "Search the map" });
    await node(page, "command suspend").waitFor();
    await search.fill("departure");
    await node(page, "command suspend").waitFor({ state: "detached" });
    await node(page, "event user.deleted").waitFor();
    expect(new URL(page.url()).search).toBe("?q=departure");
    await page.reload();
    await node(page, "event user.deleted").waitFor();
    expect(await node(page, "command suspend").count()).toBe(0);

    await search.fill("no such thing");
    await page.getByText("Nothing on the map is called “no such thing”").waitFor();
    expect(await console.violations(page)).toEqual([]);
  });

  it("says where there is no such event or function", async () => {
    const opened = await console.open("/map?event=NOTHING");
    await opened.page.getByRole("alert").getByText("There is no such event or function").waitFor();
    // The browser says by itself that something was a 404.
    opened.forgive("404");
  });

  it("is moved and zoomed by keys, buttons, wheel and pointer", async () => {
    const { page } = await console.open("/map");
    const first = node(page, "event ACCOUNT_CREATED");
    await first.waitFor();
    const place = async () => {
      const found = await first.boundingBox();
      if (found === null) throw new Error("It is not drawn");
      return found;
    };
    // From where it fits: counts and lags that come later move nothing then. The focus may scroll the page.
    await page.getByRole("button", { name: "Fit" }).click();
    await box(page).focus();
    const start = await place();

    await page.keyboard.press("+");
    expect((await place()).width).toBeGreaterThan(start.width);
    await page.keyboard.press("0");
    expect((await place()).width).toBeCloseTo(start.width, 0);
    expect((await place()).x).toBeCloseTo(start.x, 0);
    await page.keyboard.press("ArrowLeft");
    expect((await place()).x).toBeGreaterThan(start.x);
    await page.getByRole("button", { name: "Fit" }).click();
    await page.getByRole("button", { name: "Zoom out" }).click();
    expect((await place()).width).toBeLessThan(start.width);
    await page.getByRole("button", { name: "Fit" }).click();

    const { x, y } = await box(page).evaluate((element) => element.getBoundingClientRect());
    await page.mouse.move(x + 10, y + 10);
    await page.mouse.down();
    await page.mouse.move(x + 60, y + 40, { steps: 4 });
    await page.mouse.up();
    expect((await place()).x).toBeCloseTo(start.x + 50, 0);
    await box(page).focus();
    await page.mouse.wheel(0, -400);
    await expect.poll(async () => (await place()).width).toBeGreaterThan(start.width * 1.5);
  });

  it("is gone through by keyboard: what has the focus is in sight, and is followed", async () => {
    const { page } = await console.open("/map");
    await node(page, "event ACCOUNT_CREATED").waitFor();
    await box(page).focus();
    for (let times = 0; times < 4; times++) await page.keyboard.press("+");
    for (let times = 0; times < 6; times++) {
      await page.keyboard.press("Tab");
      const seen = await box(page).boundingBox();
      const focused = await drawn(page).locator("a:focus").boundingBox();
      expect(focused?.x).toBeGreaterThanOrEqual(seen?.x ?? 0);
      expect(focused?.y).toBeGreaterThanOrEqual(seen?.y ?? 0);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/map\?event=/);
  });

  it("is followed by key also after it was dragged", async () => {
    const { page } = await console.open("/map");
    const created = node(page, "event ACCOUNT_CREATED");
    await created.waitFor();
    await dragBy(page, -40);
    await created.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/map?event=ACCOUNT_CREATED");
  });

  it("stays where it is while a node of it is clicked that is half out of sight", async () => {
    const { page } = await console.open("/map");
    const created = node(page, "event ACCOUNT_CREATED");
    await created.waitFor();
    await box(page).focus();
    const [place, seen] = [await created.boundingBox(), await box(page).boundingBox()];
    if (place === null || seen === null) throw new Error("It is not drawn");
    await dragBy(page, seen.x - place.x - place.width / 2);
    const before = (await created.boundingBox())?.x ?? Number.NaN;
    await page.mouse.move(seen.x + 8, place.y + place.height / 2);
    await page.mouse.down();
    await expect.poll(() => created.evaluate((link) => link === document.activeElement)).toBe(true);
    expect((await created.boundingBox())?.x).toBeCloseTo(before, 0);
    await page.mouse.up();
    await page.waitForURL("**/map?event=ACCOUNT_CREATED");
  });

  it("is legible, light and dark, narrow and wide", async () => {
    await takePictures(console, "/map", "map", "Sets off");
  });

  it("is legible narrowed", async () => {
    await takePictures(console, "/map?event=ACCOUNT_CREATED", "map-narrowed", "Sets off");
  });
}

/** To the left, by a corner where nothing is drawn. */
async function dragBy(page: Page, across: number): Promise<void> {
  await box(page).focus();
  const seen = await box(page).boundingBox();
  if (seen === null) throw new Error("It is not drawn");
  const [x, y] = [seen.x + seen.width - 10, seen.y + 10];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + across, y, { steps: 4 });
  await page.mouse.up();
}

async function reactionsOf(page: Page, name: string): Promise<number> {
  const words = await node(page, new RegExp(`^function ${name}, `)).getAttribute("aria-label");
  return Number(/([\d,]+) reactions?/.exec(words ?? "")?.[1]?.replaceAll(",", ""));
}
