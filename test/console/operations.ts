// The operations: what is parked is replayed, views are rebuilt and verified, messages and other services' events looked at.

import type { Page } from "playwright-core";
import { expect, it, vi } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";
import { watchShifts } from "./shifts.ts";

const SOON = { timeout: 60_000, interval: 200 };
/** So many accounts make a rebuild long enough to be watched. */
const KNOWN_ACCOUNTS = 400;

const rowOf = (page: Page, name: string | RegExp) => page.getByRole("row", { name });
const confirm = (page: Page, action: string) =>
  page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();

export function operationsTests(console: ConsoleUnderTest): void {
  /** Until it is active, and the views show it. */
  async function openAccount(accountNumber: string): Promise<void> {
    await console.system().post("/v1/accounts", { userId: 91, accountNumber });
    await vi.waitFor(async () => {
      const { body } = await console.system().get(`/v1/accounts/${accountNumber}`);
      expect(body.status).toBe("ACCOUNT_ACTIVE");
    }, SOON);
  }

  /** An event came that its log does not have: so its views can't be made what they would have to be. */
  async function parkAccount(accountNumber: string): Promise<void> {
    await openAccount(accountNumber);
    const event = (await console.system().get(`/v1/accounts/${accountNumber}/events/3`)).body;
    const { _links, ...recorded } = event;
    const ahead = { ...recorded, schema: 1, id: `${accountNumber}:9`, version: 9 };
    await console.system().enqueue({ accountNumber, events: [ahead] });
    await untilParked((item) => item.accountNumber === accountNumber);
  }

  /** So that it is nothing that other tests join. */
  async function endWalk(id: string): Promise<void> {
    const operations = await console.system().operations();
    await operations.batch(
      [
        "DELETE FROM differences WHERE walk_id = ?1",
        "DELETE FROM walk_ranges WHERE walk_id = ?1",
        "DELETE FROM walks WHERE id = ?1",
      ].map((sql) => operations.prepare(sql).bind(id)),
    );
  }

  async function untilParked(isMeant: (item: { accountNumber: string; reason: string }) => boolean) {
    await vi.waitFor(async () => {
      const { items } = (await console.system().get("/v1/operations/parked")).body;
      expect(items.some(isMeant)).toBe(true);
    }, SOON);
  }

  it("shows what is parked and why, and replays it", async () => {
    await parkAccount("STUCK");
    const { page } = await console.open("/operations");
    await page.getByRole("link", { name: "Parked" }).click();
    const row = rowOf(page, /STUCK/);
    await row.getByText(/Version 9: .*The log ends at version 3/).waitFor();
    expect(await console.violations(page)).toEqual([]);

    await row.getByRole("button", { name: "Replay STUCK" }).click();
    await page.getByText("STUCK goes on: its views are at version 3").waitFor();
    await row.waitFor({ state: "detached" });
    expect((await console.system().get("/v1/operations/parked")).body.items).toEqual([]);
    await page.getByText("Nothing is parked").waitFor();
  });

  it("replays all that is parked", async () => {
    await parkAccount("STUCK-1");
    await parkAccount("STUCK-2");
    const { page } = await console.open("/operations/parked");
    await rowOf(page, /STUCK-1/).waitFor();
    await rowOf(page, /STUCK-2/).waitFor();
    await page.getByRole("button", { name: "Replay all" }).click();
    await page.getByText("2 things are parked").waitFor();
    await confirm(page, "Replay all");
    await page.getByText("Nothing is parked").waitFor();
  });

  it("moves nothing when more is parked, nor when it can't be read again, and keeps the focus near", async () => {
    const operations = await console.system().operations();
    const park = (accountNumber: string, at: number) =>
      operations
        .prepare(
          "INSERT INTO parked (account_number, version, reason, at, attempts) VALUES (?1, 1, 'No', ?2, 1)",
        )
        .bind(accountNumber, at)
        .run();
    await park("HELD-1", 9_000_000_000_000);
    const { page, forgive } = await console.open("/operations/parked");
    forgive("net::ERR_");
    await rowOf(page, /HELD-1/).waitFor();
    const shifts = await watchShifts(page);
    await park("HELD-2", 9_000_000_000_001);
    const more = page.getByRole("button", { name: "Show 1 more" });
    await more.waitFor();
    await page.route("**/v1/operations/parked", (route) => route.abort());
    await page.getByText("Not up to date").waitFor(SOON);
    await page.unroute("**/v1/operations/parked");
    await page.getByText("Not up to date").waitFor({ ...SOON, state: "detached" });
    expect(await shifts()).toEqual([]);

    await more.focus();
    await page.keyboard.press("Enter");
    await rowOf(page, /HELD-2/).waitFor();
    const heading = page.getByRole("heading", { name: "Waiting for you" });
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true);
    await operations.prepare("DELETE FROM parked WHERE account_number LIKE 'HELD-%'").run();
  });

  it("shows a message that can't be read, whole, and lets go of it", async () => {
    await console.system().enqueue("What is this?");
    await untilParked(({ accountNumber }) => accountNumber === null);
    const { page } = await console.open("/operations/parked");
    await rowOf(page, /A message/)
      .getByRole("link", { name: "Read" })
      .click();
    const dialog = page.getByRole("dialog", { name: "A message that can't be read" });
    await dialog.getByText("What is this?").waitFor();
    expect(await console.violations(page)).toEqual([]);
    // Its address leads here again.
    await page.reload();
    await dialog.getByText("What is this?").waitFor();
    await dialog.getByRole("button", { name: "Discard it" }).click();
    await page.getByText("Nothing is parked").waitFor();
  });

  it("rebuilds every view, and shows how far it is until it is done", async () => {
    const numbers = Array.from({ length: KNOWN_ACCOUNTS }, (_, index) => `KNOWN-${index}`);
    const operations = await console.system().operations();
    const known = (sql: string) => operations.prepare(sql).bind(JSON.stringify(numbers)).run();
    await known("INSERT OR IGNORE INTO directory SELECT value FROM json_each(?1)");
    const { page } = await console.open("/operations");
    await page.getByRole("button", { name: "Rebuild" }).click();
    await confirm(page, "Rebuild");
    await page.waitForURL(/\/operations\/rebuilds\/./);

    const bar = page.getByRole("progressbar", { name: "Accounts that are done" });
    const seen: number[] = [];
    await vi.waitFor(
      async () => {
        const { value, max } = await bar.evaluate((element) => ({
          value: Number(element.getAttribute("value")),
          max: Number(element.getAttribute("max")),
        }));
        expect(max).toBeGreaterThanOrEqual(KNOWN_ACCOUNTS);
        seen.push(value);
        expect(value).toBe(max);
      },
      { timeout: 90_000, interval: 100 },
    );
    expect(seen[0]).toBeLessThan(KNOWN_ACCOUNTS);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    await page.getByText("Done", { exact: true }).waitFor();
    await page.getByText("Took", { exact: true }).waitFor();
    expect(await console.violations(page)).toEqual([]);
    // No other test has them to walk over.
    await known("DELETE FROM directory WHERE account_number IN (SELECT value FROM json_each(?1))");
  });

  it("finds a damaged row, says what differs, and mends it", async () => {
    await openAccount("DAMAGED");
    await (await console.system().views())
      .prepare("UPDATE accounts SET user_id = 4711 WHERE account_number = 'DAMAGED'")
      .run();
    const { page } = await console.open("/operations");
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await confirm(page, "Verify");
    await page.waitForURL(/\/operations\/verifications\/./);
    await rowOf(page, /DAMAGED.*userId.*4711.*91.*Differs/).waitFor();
    await page.getByText("Done, with differences").waitFor();
    await takePictures(console, new URL(page.url()).pathname, "verification", "Done, with differences");

    await page.getByRole("link", { name: "Status" }).click();
    await page.getByRole("button", { name: "Verify and mend" }).click();
    await confirm(page, "Verify and mend");
    await rowOf(page, /DAMAGED.*userId.*4711.*91.*Mended/).waitFor();
    await page.getByText("Done", { exact: true }).waitFor();
    expect((await console.system().get("/v1/accounts/DAMAGED")).body.userId).toBe(91);
  });

  it("leads back to each rebuild and verification, also to one that goes on", async () => {
    const operations = await console.system().operations();
    await operations.batch([
      operations.prepare(
        "INSERT INTO walks (id, kind, mends, started_at) VALUES ('GOES-ON', 'rebuild', 0, 9000000000000)",
      ),
      operations.prepare(
        "INSERT INTO walk_ranges (walk_id, range, after, accounts) VALUES ('GOES-ON', 0, '', 12)",
      ),
    ]);
    const { page } = await console.open("/operations");
    const newest = page.getByRole("region", { name: "Newest rebuilds and verifications" });
    await newest.getByRole("row", { name: /^Rebuild.*Running/ }).waitFor();
    expect(await console.violations(page)).toEqual([]);
    await newest.getByRole("link", { name: "Rebuild", exact: true }).first().click();
    await page.waitForURL("**/operations/rebuilds/GOES-ON");
    await page.getByText("of 12", { exact: true }).waitFor();
    await endWalk("GOES-ON");
  });

  it("shows every difference, page by page", async () => {
    const operations = await console.system().operations();
    await operations.batch([
      operations.prepare(
        "INSERT INTO walks (id, kind, mends, started_at, finished_at) VALUES ('PAGED', 'verification', 0, 1, 2)",
      ),
      operations.prepare(
        "INSERT INTO walk_ranges (walk_id, range, after, accounts, done_at, events) VALUES ('PAGED', 0, '', 501, 2, 9)",
      ),
      operations.prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO differences (walk_id, account_number, field, view, log)
         SELECT 'PAGED', printf('DIFFERS-%04d', number), 'userId', '1', '2' FROM numbers`,
      ),
    ]);
    const { page } = await console.open("/operations/verifications/PAGED");
    await page.getByText("501 differences").waitFor();
    await rowOf(page, /DIFFERS-0500/).waitFor();
    expect(await rowOf(page, /DIFFERS-0501/).count()).toBe(0);
    await page.getByRole("link", { name: "Next page" }).click();
    await rowOf(page, /DIFFERS-0501/).waitFor();
    expect(await rowOf(page, /DIFFERS-0500/).count()).toBe(0);
    await page.getByRole("link", { name: "First page" }).click();
    await rowOf(page, /DIFFERS-0001/).waitFor();
    await endWalk("PAGED");
  });

  it("shows also what a verification found last, once it is done", async () => {
    const operations = await console.system().operations();
    await operations.batch([
      operations.prepare(
        "INSERT INTO walks (id, kind, mends, started_at) VALUES ('ENDS', 'verification', 0, 9000000000000)",
      ),
      operations.prepare(
        "INSERT INTO walk_ranges (walk_id, range, after, accounts) VALUES ('ENDS', 0, '', 502)",
      ),
      operations.prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO differences (walk_id, account_number, field, view, log)
         SELECT 'ENDS', printf('DIFFERS-%04d', number), 'userId', '1', '2' FROM numbers`,
      ),
    ]);
    const { page } = await console.open("/operations/verifications/ENDS");
    await rowOf(page, /DIFFERS-0500/).waitFor();

    await operations.batch(
      [
        `INSERT INTO differences (walk_id, account_number, field, view, log)
         VALUES ('ENDS', 'DIFFERS-0000', 'userId', '1', '2')`,
        "UPDATE walk_ranges SET done_at = 9000000000001 WHERE walk_id = 'ENDS'",
        "UPDATE walks SET finished_at = 9000000000001 WHERE id = 'ENDS'",
      ].map((sql) => operations.prepare(sql)),
    );
    await page.getByText("Done, with differences").waitFor();
    await rowOf(page, /DIFFERS-0000/).waitFor();
    await endWalk("ENDS");
  });

  it("shows what is parked of one function, whatever else is, and replays that alone", async () => {
    await openAccount("FAILING");
    const operations = await console.system().operations();
    await operations.batch([
      operations.prepare(
        `WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 501)
         INSERT INTO parked SELECT printf('PARKED-%04d', number), 1, 'Broken', 9000000000000, 1, NULL FROM numbers`,
      ),
      operations.prepare(
        `UPDATE reactions SET attempts = 1, parked = 1, version = 1, event_at = 1, reason = 'It throws', at = 1
         WHERE function = 'onboarding' AND account_number = 'FAILING'`,
      ),
    ]);
    const { page } = await console.open("/operations/parked?function=onboarding");
    await rowOf(page, /FAILING.*It throws/).waitFor();
    await page.getByText("1 in all").waitFor();
    await page.getByRole("button", { name: "Replay all" }).click();
    await page.getByText("1 thing is parked").waitFor();
    await confirm(page, "Replay all");
    await page.getByText("Nothing is parked for this function").waitFor();
    expect((await console.system().get("/v1/operations/parked")).body.total).toBe(501);
    await operations.prepare("DELETE FROM parked WHERE account_number LIKE 'PARKED-%'").run();
  });

  it("sends once what may not be done twice, where no answer comes", async () => {
    const { page, forgive } = await console.open("/operations");
    forgive("net::ERR_");
    let asked = 0;
    await page.route(/\/v1\/operations\/verifications$/, (route) => {
      if (route.request().method() !== "POST") return route.continue();
      asked += 1;
      return route.abort();
    });
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await confirm(page, "Verify");
    await page.getByRole("alert").getByText("The service does not answer").waitFor();
    expect(asked).toBe(1);
  });

  it("reads and deletes nothing but a message, whatever an address says", async () => {
    const asked: string[] = [];
    const { page } = await console.open("/operations/parked");
    page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.goto(`/operations/parked?message=${encodeURIComponent("/v1/subscriptions/some-id")}`);
    const dialog = page.getByRole("dialog", { name: "A message that can't be read" });
    const discard = dialog.getByRole("button", { name: "Discard it" });
    await discard.waitFor();
    expect(await discard.isDisabled()).toBe(true);
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(asked.filter((one) => one.includes("/v1/subscriptions"))).toEqual([]);
  });

  it("shows each function: how far it is, how late, and what waits", async () => {
    await openAccount("FOR-FUNCTIONS");
    const { page } = await console.open("/operations/functions");
    const row = rowOf(page, /onboarding/);
    await row.getByText("FOR-FUNCTIONS:2").waitFor();
    await row.getByText("Up to date").waitFor();
    await rowOf(page, /user-departure/).waitFor();
  });

  it("does not say that a function is tried again for accounts whose own events can't be applied", async () => {
    await parkAccount("STUCK-ITSELF");
    await openAccount("STUCK-FUNCTION");
    const operations = await console.system().operations();
    await operations
      .prepare(
        `UPDATE reactions SET attempts = 1, parked = 1, version = 1, event_at = 1, reason = 'It throws', at = 1
         WHERE function = 'onboarding' AND account_number IN ('STUCK-ITSELF', 'STUCK-FUNCTION')`,
      )
      .run();
    const { page } = await console.open("/operations/functions");
    // As if its views could not be mended still.
    await page.route("**/v1/operations/parked/STUCK-ITSELF/replay", (route) =>
      route.fulfill({ json: { accountNumber: "STUCK-ITSELF", version: 3, parked: true } }),
    );
    await page.getByRole("button", { name: "Replay onboarding" }).click();
    await page
      .getByText("onboarding is not tried again for 1 account, whose own events can't be applied")
      .waitFor();
    expect(await page.getByText("onboarding is tried again").count()).toBe(0);
    await rowOf(page, /onboarding/)
      .getByText("1 parked")
      .waitFor();

    await page.unrouteAll();
    await page.getByRole("button", { name: "Replay onboarding" }).click();
    await page.getByText("onboarding is tried again").waitFor();
    await rowOf(page, /onboarding/)
      .getByText("Up to date")
      .waitFor();
  });

  it("shows what other services told, and handles it again", async () => {
    const event = { specversion: "1.0", id: "shown", source: "/shop", type: "order.placed" };
    await console.system().post("/v1/inbox", event, { "Content-Type": "application/cloudevents+json" });
    const { page } = await console.open("/operations/inbox?state=ignored");
    const row = rowOf(page, /order\.placed.*Ignored/);
    await row.waitFor();
    await row.getByRole("link", { name: "order.placed" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText('"source": "/shop"').waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await row.getByRole("button", { name: /^Replay event/ }).click();
    await page.getByText("1 event is handled again").waitFor();
    await page.getByRole("combobox", { name: "State" }).selectOption("parked");
    await page.getByText("Nothing is parked").waitFor();
    expect(new URL(page.url()).search).toBe("?state=parked");
  });

  it("says where there is no such rebuild", async () => {
    const opened = await console.open("/operations/rebuilds/none");
    await opened.page.getByRole("alert").getByText("There is no such rebuild").waitFor();
    // The browser says by itself that something was a 404.
    opened.forgive("404");
  });

  it("is legible, light and dark, narrow and wide", async () => {
    await parkAccount("PARKED-PICTURE");
    await console.system().enqueue("A picture of nonsense");
    await untilParked(({ accountNumber }) => accountNumber === null);
    await takePictures(console, "/operations", "operations", "in the feed, ever");
    await takePictures(console, "/operations/parked", "parked", "PARKED-PICTURE");
    await takePictures(console, "/operations/functions", "functions", "onboarding");
    await takePictures(console, "/operations/inbox", "inbox", /order.placed|Nothing came/);
  });
}
