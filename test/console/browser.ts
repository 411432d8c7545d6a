// A real Chromium, and in it the console of a real system. Whatever a page complains of, its policy's refusals too, is kept.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** By `CHROMIUM_PATH`, on the PATH, or Playwright's own. */
export function startBrowser(): Promise<Browser> {
  const path = process.env.CHROMIUM_PATH ?? onThePath("chromium");
  return chromium.launch({ args: FLAGS, ...(path === undefined ? {} : { executablePath: path }) });
}

function onThePath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

export interface OpenedPage {
  readonly page: Page;
  /** What it complained of so far. A test takes away what it expects. */
  readonly complaints: string[];
  /** Takes away what has this in it, now and from now on: a page that is read again complains again. */
  forgive(part: string): void;
  close(): Promise<void>;
}

/** In a window of a reader's own. `others`: the origins beside its own that it may ask. */
export async function openPage(
  reader: BrowserContext,
  url: string,
  others: readonly string[] = [],
): Promise<OpenedPage> {
  const page = await reader.newPage();
  const complaints: string[] = [];
  const forgiven: string[] = [];
  const complain = (text: string): void => {
    if (!forgiven.some((part) => text.includes(part))) complaints.push(text);
  };
  page.on("pageerror", (error) => complain(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complain(message.text());
  });
  const origins = [new URL(url).origin, ...others];
  page.on("request", (request) => {
    // Nothing is loaded from another origin.
    if (!origins.includes(new URL(request.url()).origin)) complain(`It asks ${request.url()}`);
  });
  await page.goto(url);
  return {
    page,
    complaints,
    forgive(part) {
      forgiven.push(part);
      complaints.splice(0).forEach(complain);
    },
    close: () => page.close(),
  };
}

/** A headless page is always seen, so the test says that it is not. */
export function look(page: Page, isSeen: boolean): Promise<void> {
  return page.evaluate(
    (state) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
      document.dispatchEvent(new Event("visibilitychange"));
    },
    isSeen ? "visible" : "hidden",
  );
}

/** What axe finds. */
export async function violationsIn(page: Page): Promise<string[]> {
  // In the page itself, as it has no frames: otherwise a window is opened each time to add up what each frame has.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
