// What the tests of each screen get: the system, pages of it, and looking at them as people with other senses do.

import type { BrowserContextOptions, Page } from "playwright-core";
import type { System } from "../system/system.ts";
import type { OpenedPage } from "./browser.ts";

export interface ConsoleUnderTest {
  readonly system: () => System;
  /**
   * Closed after the test, which fails where the page complained of anything that the test did not take away.
   * `path` may be a whole address, where there is another way to the system. `options`: by another reader than all the
   * other tests have, as this is one who loads and compiles everything again.
   */
  open(path: string, options?: BrowserContextOptions): Promise<OpenedPage>;
  /** What axe finds. */
  violations(page: Page): Promise<string[]>;
}

export const NARROW = { viewport: { width: 360, height: 740 } };
export const WIDE = { viewport: { width: 1280, height: 800 } };
