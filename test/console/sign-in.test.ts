// Signing in at the console, with a real issuer, where the Workers ask for tokens.

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { AUDIENCE, TestIssuer } from "../system/issuer.ts";
import { CONSOLE_CLIENT_ID } from "../system/issuer-page.ts";
import { allPartsWith, System } from "../system/system.ts";
import { look, type OpenedPage, openPage, startBrowser, violationsIn } from "./browser.ts";
import { type ConsoleUnderTest, NARROW, WIDE } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

const EVERYTHING = "accounts:read accounts:write accounts:operate";
const DEEP = "/?type=ACCOUNT_CLOSED";

let issuer: TestIssuer;
let system: System;
let browser: Browser;
let reader: BrowserContext;
let origin: string;
let workers: { AUTH_ISSUER: string; AUTH_AUDIENCE: string };
const opened: OpenedPage[] = [];

beforeAll(async () => {
  issuer = await TestIssuer.start();
  workers = { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: AUDIENCE };
  [browser, system] = await Promise.all([startBrowser(), System.start(allPartsWith(withConsole()))]);
  ({ origin } = await system.url());
  reader = await browser.newContext({ baseURL: origin });
  await issuer.admitConsole(origin);
});
afterAll(async () => {
  await browser?.close();
  await system?.close();
  await issuer?.close();
});
afterEach(async () => {
  for (const { complaints, close } of opened.splice(0)) {
    await close();
    expect(complaints).toEqual([]);
  }
  // What an issuer knows its visitor by. What a tab keeps went with the tab.
  await reader.clearCookies();
});

const withConsole = () => ({
  ...workers,
  CONSOLE_CLIENT_ID,
  CONSOLE_SCOPE: `openid profile offline_access ${EVERYTHING}`,
});

async function open(
  path: string,
  { viewport, colorScheme }: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const page = await openPage(reader, origin + path, [issuer.url]);
  await page.page.setViewportSize(viewport ?? WIDE.viewport);
  await page.page.emulateMedia({ colorScheme: colorScheme ?? null });
  opened.push(page);
  return page;
}

async function signIn(page: Page, name: string, scope = EVERYTHING): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Scope").fill(scope);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${origin}/**`);
}

/** What the tab keeps, changed as time or an issuer would. */
async function changeSession(page: Page, changes: object): Promise<void> {
  await page.evaluate((changed) => {
    const stored = JSON.parse(sessionStorage.getItem("tributary.session") ?? "null");
    sessionStorage.setItem("tributary.session", JSON.stringify({ ...stored, ...changed }));
  }, changes);
}

const isLive = (page: Page) => page.getByText("Live", { exact: true }).waitFor();
const tokenRequests = () => issuer.asked.filter((path) => path === "/token").length;

/** What the issuer says of itself, changed. */
async function changeIssuer(page: Page, changes: object): Promise<void> {
  await page.route(`${issuer.url}/.well-known/openid-configuration`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...changes } });
  });
}

it("asks nothing of the service before somebody signed in, and leads back to where one wanted to go", async () => {
  const { page } = await open(DEEP);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.getByText("You are not signed in").waitFor();
  expect(await violationsIn(page)).toEqual([]);
  expect(asked.filter((path) => path.startsWith("/v1"))).toEqual([]);

  await signIn(page, "operator");

  await isLive(page);
  expect(page.url()).toBe(origin + DEEP);
  await page.getByText("None lately: closed").waitFor();
  await page.getByRole("link", { name: "Ms operator" }).waitFor();
  await page.reload();
  await isLive(page);
});

it("says what a sign-in allows, and signs out, at the issuer too", async () => {
  const { page } = await open("/");
  await signIn(page, "leaving");
  await isLive(page);
  await page.getByRole("link", { name: "Ms leaving" }).click();
  await page.getByText("see every account").waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are not signed in").waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  // The issuer has forgotten who it was: it asks.
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Name").waitFor();
});

it("signs out at the issuer also where its token can't be taken back", async () => {
  const { page, complaints } = await open("/");
  await signIn(page, "leaving");
  await isLive(page);
  await changeIssuer(page, { revocation_endpoint: `${issuer.url}/nowhere` });
  await page.getByRole("link", { name: "Ms leaving" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  expect(complaints.splice(0).length).toBeGreaterThan(0);
});

it("says what to set where the issuer's token endpoint is at an origin that the page may not ask", async () => {
  const { page } = await open("/");
  await changeIssuer(page, { token_endpoint: "https://tokens.example/token" });
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("its token endpoint is at https://tokens.example").waitFor();
  await page.getByText("CONSOLE_TOKEN_ORIGINS").waitFor();
});

it("says until when a sign-in lasts that can't be renewed, also where the issuer does not say", async () => {
  const { page } = await open("/");
  await signIn(page, "staying");
  await isLive(page);
  await changeSession(page, { refreshToken: null, expiresAt: null });
  await page.goto(`${origin}/sign-in`);
  await page.getByText("its token ends: the issuer does not say when").waitFor();
  expect(await page.getByText("it renews itself").count()).toBe(0);
  await changeSession(page, { refreshToken: "kept" });
  await page.reload();
  await page.getByText("it renews itself").waitFor();
});

it("renews a token that ends, once for all requests, and one that is not taken any more", async () => {
  const { page, complaints } = await open("/");
  await signIn(page, "staying");
  await isLive(page);
  const before = tokenRequests();

  await changeSession(page, { expiresAt: 0 });
  await page.reload();
  await isLive(page);
  await page.getByText("in the feed, ever").waitFor();
  expect(tokenRequests()).toBe(before + 1);
  expect(complaints).toEqual([]);

  await changeSession(page, { accessToken: "withdrawn" });
  await page.reload();
  await isLive(page);
  await page.getByText("in the feed, ever").waitFor();
  expect(tokenRequests()).toBe(before + 2);
  expect(complaints.splice(0)).toContainEqual(expect.stringContaining("401"));
});

it("renews once where no token is taken, however good", async () => {
  const { page, complaints } = await open("/");
  await signIn(page, "refused");
  await isLive(page);
  const before = tokenRequests();
  const problem = { type: "about:blank", title: "Unauthenticated", status: 401, code: "unauthenticated" };
  await page.route("**/v1/**", (route) =>
    route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await page.reload();
  await expect.poll(tokenRequests).toBe(before + 1);
  // Long enough for many more.
  await page.waitForTimeout(2_000);
  expect(tokenRequests()).toBe(before + 1);
  expect(complaints.splice(0).length).toBeGreaterThan(0);
});

it("says that a sign-in has ended which can't be renewed, and comes back to the same place", async () => {
  const { page } = await open("/");
  await signIn(page, "returning");
  await isLive(page);
  await changeSession(page, { expiresAt: 0, refreshToken: null });
  await page.goto(DEEP);
  await page.getByText("Your sign-in has ended").waitFor();
  await signIn(page, "returning");
  await isLive(page);
  expect(page.url()).toBe(origin + DEEP);
});

it("ends a sign-in whose renewal the issuer refuses", async () => {
  const { page, complaints } = await open("/");
  await signIn(page, "withdrawn");
  await isLive(page);
  await changeSession(page, { expiresAt: 0, refreshToken: "withdrawn" });
  await page.reload();
  await page.getByText("Your sign-in has ended").waitFor();
  expect(complaints.splice(0)).toEqual([expect.stringContaining("400")]);
});

it("stays signed out where the sign-in was being renewed", async () => {
  const { page } = await open("/");
  await signIn(page, "leaving");
  await isLive(page);
  const { promise: isLate, resolve: answer } = Promise.withResolvers<void>();
  const { promise: renewed, resolve: renew } = Promise.withResolvers<void>();
  await page.route(`${issuer.url}/token`, async (route) => {
    const response = await route.fetch();
    renew();
    await isLate;
    await route.fulfill({ response });
  });
  await changeSession(page, { expiresAt: 0 });
  await page.goto(`${origin}/sign-in`);
  await renewed;
  // As if it took long to leave the page.
  await page.route(`${issuer.url}/session/end?**`, (route) => route.fulfill({ status: 204 }));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are not signed in").waitFor();

  const answered = page.waitForEvent("requestfinished", (request) => request.url().endsWith("/token"));
  answer();
  await answered;
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  expect(await page.getByText("You are not signed in").isVisible()).toBe(true);
  expect(await page.evaluate(() => sessionStorage.getItem("tributary.session"))).toBe(null);
});

/** As after a deploy: the files that this page knows are gone, and the page of now names others. */
async function deployAnew(page: Page): Promise<void> {
  let isLoadedAnew = false;
  page.on("request", (request) => {
    isLoadedAnew ||= request.isNavigationRequest();
  });
  await page.route(/\/console\/sign-in-.*\.js$|\/v1\//, (route) => {
    if (isLoadedAnew) return route.continue();
    return route.fulfill({ status: route.request().url().includes("/v1/") ? 401 : 404 });
  });
}

it("loads the page anew where a deploy took away the code that renews a sign-in, or that signs in", async () => {
  const { page, forgive } = await open("/");
  forgive("404");
  forgive("401");
  await page.getByText("You are not signed in").waitFor();
  await deployAnew(page);
  const signedOut = page.waitForEvent("load");
  await page.getByRole("button", { name: "Sign in" }).click();
  await signedOut;
  await signIn(page, "deployed");
  await isLive(page);

  // So that the page has the session, and not the code that it came by; and was not loaded anew of late.
  await page.evaluate(() => sessionStorage.removeItem("tributary.reloaded-at"));
  await page.reload();
  await isLive(page);
  await deployAnew(page);
  const signedIn = page.waitForEvent("load");
  await look(page, false);
  await look(page, true);
  await signedIn;
  await isLive(page);
});

it("keeps a secret that is shown this once where the sign-in ends by itself", async () => {
  const { page, forgive } = await open("/operations/subscriptions");
  for (const refusal of ["400", "401", "404"]) forgive(refusal);
  await signIn(page, "subscriber");
  await page.getByRole("button", { name: "New subscription" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill("https://orders.example/events");
  await page.getByRole("button", { name: "Subscribe" }).click();
  const shown = page.getByRole("dialog", { name: "The secret, shown this once" });
  const secret = await shown.locator(".secret").innerText();

  await page.route(/\/v1\//, (route) => route.fulfill({ status: 401 }));
  await page.route(`${issuer.url}/token`, (route) =>
    route.fulfill({
      status: 400,
      headers: { "Access-Control-Allow-Origin": origin },
      json: { error: "invalid_grant" },
    }),
  );
  await page.getByText("Your sign-in has ended").waitFor();
  expect(await shown.locator(".secret").innerText()).toBe(secret);
  await page.unrouteAll();
  await shown.getByRole("button", { name: "I have it" }).click();
  await page.waitForURL(/\/operations\/subscriptions\/./);

  await signIn(page, "subscriber");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("**/operations/subscriptions");
});

it("says why nobody is signed in where the issuer says no, and lets one try again", async () => {
  const { page } = await open(DEEP, NARROW);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.getByText("That did not work: You did not let the console in.").waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await page.screenshot({ path: ".screenshots/sign-in-refused.png" });
  await signIn(page, "operator");
  await isLive(page);
  expect(page.url()).toBe(origin + DEEP);
});

it("is legible, light and dark, narrow and wide", async () => {
  const console: ConsoleUnderTest = { system: () => system, open, violations: violationsIn };
  await takePictures(console, "/", "sign-in-signed-out", "You are not signed in");
  const signedIn: ConsoleUnderTest = {
    ...console,
    async open(path, options) {
      const opened = await open(path, options);
      await signIn(opened.page, "pictured");
      await opened.page.getByRole("link", { name: "Ms pictured" }).click();
      return opened;
    },
  };
  await takePictures(signedIn, "/", "sign-in-signed-in", "see every account");
});

it("takes no code that this tab did not ask for", async () => {
  const { page } = await open("/sign-in?code=stolen&state=made-up");
  await page.getByText("nobody set out from this tab to sign in").waitFor();
  expect(new URL(page.url()).search).toBe("");
});

it("says in words what one may not see, and what to do about it", async () => {
  const { page, complaints } = await open("/");
  await signIn(page, "reader", "accounts:read");
  await isLive(page);
  const processing = page.getByRole("region", { name: "Processing" });
  await processing.getByText("You may not do this here").waitFor();
  await processing.getByText("This takes the scope accounts:operate").waitFor();
  await page.getByRole("region", { name: "Accounts by status" }).getByText("0 accounts").waitFor();
  expect(await violationsIn(page)).toEqual([]);
  await page.screenshot({ path: ".screenshots/sign-in-reader.png" });
  await processing.getByRole("link", { name: "Your sign-in" }).click();
  await page.getByText("see every account").waitFor();
  expect(complaints.splice(0)).toContainEqual(expect.stringContaining("403"));
});

it("shows what changed while nobody looked to a reader who may not know how long the feed is", async () => {
  const { page, forgive } = await open("/accounts");
  forgive("403");
  await signIn(page, "onlooker", "accounts:read");
  await isLive(page);
  await page.getByText("No accounts yet").waitFor();
  await look(page, false);
  await page.getByText("Paused", { exact: true }).waitFor();
  const token = await issuer.token("writer", "accounts:read accounts:write");
  const members = { userId: 1, accountNumber: "WHILE-AWAY" };
  const { status } = await system.post("/v1/accounts", members, { Authorization: `Bearer ${token}` });
  expect(status).toBe(201);
  await vi.waitFor(async () => {
    const { body } = await system.get("/v1/status-totals", { Authorization: `Bearer ${token}` });
    expect(body.accounts).toBe(1);
  });

  await look(page, true);
  await page.getByRole("rowheader", { name: "WHILE-AWAY" }).waitFor();
});

it("says what to set where the service asks for a token and nobody can sign in", async () => {
  await system.deploy(allPartsWith(workers));
  await vi.waitFor(async () => expect((await system.get("/health")).status).toBe(200));
  const { page, complaints } = await open("/sign-in");
  await page.getByText("The service asks who you are, and nobody can sign in here yet").waitFor();
  await page.getByText("AUTH_ISSUER and CONSOLE_CLIENT_ID").waitFor();
  await page.getByRole("link", { name: "No way in" }).waitFor();
  expect(await violationsIn(page)).toEqual([]);
  expect(complaints.splice(0)).toContainEqual(expect.stringContaining("401"));
});
