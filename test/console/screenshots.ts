// Pictures of a screen, light and dark, narrow and wide, in a folder that git ignores.

import { expect } from "vitest";
import { type ConsoleUnderTest, NARROW, WIDE } from "./console-under-test.ts";

const FOLDER = new URL("../../.screenshots/", import.meta.url).pathname;

/** Each width and each scheme is looked at by axe once; what is wrong in one is wrong in the other. */
const LOOKS = [
  { name: "wide-light", size: WIDE.viewport, colorScheme: "light", isChecked: true },
  { name: "wide-dark", size: WIDE.viewport, colorScheme: "dark", isChecked: false },
  { name: "narrow-dark", size: NARROW.viewport, colorScheme: "dark", isChecked: true },
  { name: "narrow-light", size: NARROW.viewport, colorScheme: "light", isChecked: false },
] as const;

/** Nothing may be wider than the screen. `ready`: some text that the screen shows once it is filled. */
export async function takePictures(
  { open, violations }: ConsoleUnderTest,
  path: string,
  name: string,
  ready: string | RegExp,
): Promise<void> {
  const { page, close } = await open(path);
  await page.getByText(ready).first().waitFor();
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
  for (const look of LOOKS) {
    await page.setViewportSize(look.size);
    await page.emulateMedia({ colorScheme: look.colorScheme });
    const file = `${FOLDER}${name}-${look.name}.png`;
    await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
    if (look.isChecked) expect(await violations(page), `${name}, ${look.name}`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${name}, ${look.name}`).toBeLessThanOrEqual(0);
  }
  // A window that follows the feed keeps one of the few connections that a browser has to an origin.
  await close();
}
