// The console in a real browser, against the real Workers. One system and one browser serve all of it; each screen's tests
// are in a file of their own beside this one.

import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { System, WITH_FUNCTIONS } from "../system/system.ts";
import { accountTests } from "./account.ts";
import { accountsTests } from "./accounts.ts";
import { type OpenedPage, openPage, startBrowser, violationsIn } from "./browser.ts";
import { connectionTests } from "./connection.ts";
import { type ConsoleUnderTest, WIDE } from "./console-under-test.ts";
import { dialogTests } from "./dialogs.ts";
import { frameTests } from "./frame.ts";
import { loadingTests } from "./loading.ts";
import { mapTests } from "./map.ts";
import { operationsTests } from "./operations.ts";
import { overviewTests } from "./overview.ts";
import { subscriptionsTests } from "./subscriptions.ts";

let browser: Browser;
let system: System;
let origin: string;
let reader: BrowserContext;
const opened: OpenedPage[] = [];

beforeAll(async () => {
  [browser, system] = await Promise.all([startBrowser(), System.start(WITH_FUNCTIONS)]);
  ({ origin } = await system.url());
  reader = await browser.newContext({ baseURL: origin, ...WIDE });
});
afterAll(async () => {
  await browser.close();
  await system.close();
});
afterEach(async () => {
  for (const { complaints, close } of opened.splice(0)) {
    await close();
    expect(complaints).toEqual([]);
  }
});

const console: ConsoleUnderTest = {
  system: () => system,
  async open(path: string, options?: BrowserContextOptions) {
    const one = options === undefined ? reader : await browser.newContext({ baseURL: origin, ...options });
    const page = await openPage(one, new URL(path, origin).href);
    // A reader of the test's own leaves with the page.
    opened.push(one === reader ? page : { ...page, close: () => one.close() });
    return page;
  },
  violations: violationsIn,
};

describe("the frame", () => frameTests(console));
describe("a dialog", () => dialogTests(console));
describe("the loading of screens", () => loadingTests(console));
describe("the accounts", () => accountsTests(console));
describe("an account", () => accountTests(console));
describe("the connection", () => connectionTests(console));
describe("the overview", () => overviewTests(console));
describe("the operations", () => operationsTests(console));
describe("the subscriptions", () => subscriptionsTests(console));
describe("the system map", () => mapTests(console));
