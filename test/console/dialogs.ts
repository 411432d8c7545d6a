// Dialogs: where the focus is once they are closed, and what closes them.

import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";

const hasFocus = (element: Locator) => element.evaluate((one) => one === document.activeElement);

export function dialogTests({ open }: ConsoleUnderTest): void {
  it("gives the focus back to what opened it, whichever of its buttons closes it", async () => {
    const { page } = await open("/operations");
    for (const [opener, button] of [
      ["The API", "Done"],
      ["Rebuild", "Cancel"],
    ] as const) {
      await page.getByRole("button", { name: opener, exact: true }).click();
      await page.getByRole("dialog").getByRole("button", { name: button }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await hasFocus(page.getByRole("button", { name: opener, exact: true })), opener).toBe(true);
    }
  });

  it("closes by a click beside it, but not where text is marked up to beyond its edge", async () => {
    const { page } = await open("/operations");
    await page.getByRole("button", { name: "Rebuild", exact: true }).click();
    const dialog = page.getByRole("dialog");
    const text = await dialog.getByText("It reads every log once").boundingBox();
    if (text === null) throw new Error("It is not shown");
    await page.mouse.move(text.x + 5, text.y + 5);
    await page.mouse.down();
    await page.mouse.move(5, 5, { steps: 3 });
    await page.mouse.up();
    expect(await dialog.isVisible()).toBe(true);

    await page.mouse.click(5, 5);
    await dialog.waitFor({ state: "detached" });
  });

  it("stays while what it set off goes on, and says why that came to nothing", async () => {
    const { page, forgive } = await open("/operations");
    forgive("net::ERR_");
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    await page.route(/\/v1\/operations\/rebuilds$/, async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await answered;
      await route.abort();
    });
    await page.getByRole("button", { name: "Rebuild", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Rebuild", exact: true }).click();
    for (let times = 0; times < 2; times++) await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    expect(await dialog.getByRole("button", { name: "Cancel" }).isDisabled()).toBe(true);
    answer();
    await dialog.getByRole("alert").getByText("The service does not answer").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}
