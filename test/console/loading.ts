// Screens whose code can't be loaded: the console stays, and goes on once it can.

import { expect, it } from "vitest";
import { type ConsoleUnderTest, WIDE } from "./console-under-test.ts";

export function loadingTests({ open }: ConsoleUnderTest): void {
  it("says in its place that a screen can't be loaded, keeps the page, and loads it by itself once that goes", async () => {
    // As a reader of its own, whose network can be cut, and who has none of the screens yet.
    const { page, forgive } = await open("/", WIDE);
    forgive("net::ERR_");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    const isSamePage = () => page.evaluate(() => "isSamePage" in globalThis);

    await page.context().setOffline(true);
    await page.getByRole("link", { name: "System map" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "The service does not answer" });
    await alert.waitFor();
    await alert.getByRole("button", { name: "Try again" }).click();
    await alert.waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();

    await page.getByRole("link", { name: "System map" }).click();
    await alert.waitFor();
    expect(await isSamePage()).toBe(true);

    await page.context().setOffline(false);
    await page.getByRole("heading", { name: "System map" }).waitFor();
  });

  it("loads the page anew where a deploy took away the screen's code", async () => {
    const { page, forgive } = await open("/", WIDE);
    forgive("404");
    await page.getByText("Live", { exact: true }).waitFor();
    // As after a deploy: the files that this page knows are gone, and the page of now names others.
    let isLoadedAnew = false;
    page.on("request", (request) => {
      isLoadedAnew ||= request.isNavigationRequest();
    });
    await page.route(/\/console\/map-.*\.js$/, (route) =>
      isLoadedAnew ? route.continue() : route.fulfill({ status: 404 }),
    );
    await page.getByRole("link", { name: "System map" }).click();
    await page.getByRole("heading", { name: "System map" }).waitFor();
    expect(isLoadedAnew).toBe(true);
  });

  it("loads the page anew once where the screen's code is gone for good, and says so", async () => {
    const { page, forgive } = await open("/", WIDE);
    forgive("404");
    await page.getByText("Live", { exact: true }).waitFor();
    let loads = 0;
    page.on("request", (request) => {
      if (request.isNavigationRequest()) loads += 1;
    });
    await page.route(/\/console\/map-.*\.js$/, (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "System map" }).click();
    await page.getByRole("alert").filter({ hasText: "This screen could not be loaded" }).waitFor();
    expect(loads).toBe(1);
  });
}
