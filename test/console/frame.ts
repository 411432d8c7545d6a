// What is around every screen: the way in, the way about, and what is not there.

import { expect, it } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

export function frameTests(console: ConsoleUnderTest): void {
  const { open, system, violations } = console;

  it("answers an address that no screen has with a 404, and says so", async () => {
    const opened = await open("/nothing/at/all");
    await opened.page.getByRole("heading", { name: "Not found" }).waitFor();
    expect(await violations(opened.page)).toEqual([]);
    const response = await opened.page.request.get("/nothing/at/all", { headers: { Accept: "text/html" } });
    expect(response.status()).toBe(404);
    expect((await system().get("/nothing/at/all")).body).toMatchObject({ code: "not-found" });
    // The browser says by itself that the page was a 404.
    expect(opened.complaints.splice(0)).toEqual([expect.stringContaining("404")]);
  });

  it("says that nobody has to sign in where the service is open", async () => {
    const { page } = await open("/");
    await page.getByRole("link", { name: "Open to all" }).click();
    await page.getByText("There is nothing to sign in to").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("says that the service is open once that is known, and not while it does not answer", async () => {
    const { page, forgive } = await open("/");
    forgive("net::ERR_");
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: isDown, resolve: fail } = Promise.withResolvers<void>();
    await page.route(/\/v1$/, async (route) => {
      ask();
      await isDown;
      await route.abort();
    });
    await page.getByRole("link", { name: "Open to all" }).click();
    await isAsked;
    const claim = page.getByText("This service is open");
    expect(await claim.count()).toBe(0);
    fail();
    await page.getByRole("alert").getByText("The service does not answer").waitFor();
    expect(await claim.count()).toBe(0);

    await page.unroute(/\/v1$/);
    await page.getByRole("button", { name: "Try again" }).click();
    await claim.waitFor();
  });

  it("is legible where nothing is, and where nobody signs in", async () => {
    const forgiving: ConsoleUnderTest = {
      ...console,
      async open(path, options) {
        const opened = await open(path, options);
        opened.forgive("404");
        return opened;
      },
    };
    await takePictures(forgiving, "/nothing/at/all", "not-found", "Nothing is here");
    await takePictures(console, "/sign-in", "sign-in-open", "There is nothing to sign in to");
  });

  it("keeps the theme that a reader chose", async () => {
    const { page } = await open("/", { colorScheme: "light" });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.getByRole("button", { name: "Theme: system" }).click();
    const light = await background();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    const dark = await background();
    expect(dark).not.toBe(light);

    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    expect(await background()).toBe(dark);
  });

  it("has that theme from the first moment on, before any of its code is loaded", async () => {
    const { page, complaints } = await open("/", { colorScheme: "light" });
    await page.evaluate(() => localStorage.setItem("tributary.theme", "dark"));
    await page.route(/\/console\/index-.*\.js$/, (route) => route.abort());
    await page.reload();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
    expect(await page.locator("#console").innerHTML()).toBe("");
    expect(complaints.splice(0)).toEqual([expect.stringContaining("ERR_FAILED")]);
  });

  it("is gone through by keyboard: past the navigation, into a dialog, and back to where one was", async () => {
    const { page } = await open("/");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("screen");

    const opener = page.getByRole("button", { name: "The API" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "For programs" });
    await dialog.getByText("/v1/accounts").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  });
}
