// What moves on a page by itself, as the browser counts it.

import type { Page } from "playwright-core";

/** From now on, and in sight. Answers what says which elements moved so far. */
export async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shifts: string[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const sources = "sources" in entry && Array.isArray(entry.sources) ? entry.sources : [];
        shifts.push(...sources.map(({ node }) => node?.outerHTML ?? node?.nodeValue ?? "something"));
      }
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate<string[]>("shifts");
}
