// Pictures of a screen, light and dark, narrow and wide, in a folder that git ignores.

import { expect } from "vitest";
import { type ConsoleUnderTest, NARROW, WIDE } from "./console-under-test.ts";

const FOLDER = new URL("../../.screenshots/", import.meta.url).pathname;

/** Nothing may be wider than the screen. `ready`: some text that the screen shows once it is filled. */
export async function takePictures(
  { open, violations }: ConsoleUnderTest,
  path: string,
  name: string,
  ready: string | RegExp,
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, size] of Object.entries({ narrow: NARROW, wide: WIDE })) {
      const { page } = await open(path, { ...size, colorScheme });
      await page.getByText(ready).first().waitFor();
      await page.waitForFunction(() => document.querySelector(".skeleton") === null);
      await page.screenshot({
        path: `${FOLDER}${name}-${width}-${colorScheme}.png`,
        fullPage: true,
        animations: "disabled",
      });
      expect(await violations(page), `${name}, ${width}, ${colorScheme}`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${name}, ${width}`).toBeLessThanOrEqual(0);
    }
  }
}
