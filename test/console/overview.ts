// The overview: it counts, and goes on by itself.

import { expect, it } from "vitest";
import type { ConsoleUnderTest } from "./console-under-test.ts";
import { takePictures } from "./screenshots.ts";

export function overviewTests(console: ConsoleUnderTest): void {
  it("shows an account that is opened, as it becomes active, without being loaded again", async () => {
    const { page } = await console.open("/");
    await page.getByText("Live", { exact: true }).waitFor();

    await console.system().post("/v1/accounts", { userId: 71, accountNumber: "SEEN" });

    const feed = page.getByRole("region", { name: "Live feed" });
    await feed.getByRole("listitem").filter({ hasText: "SEEN" }).filter({ hasText: "Activated" }).waitFor();
    const totals = page.getByRole("region", { name: "Accounts by status" });
    const { body } = await console.system().get("/v1/status-totals");
    await totals.getByText(`${body.accounts} account`).waitFor();
    await totals.getByText(`Active${body.totals.ACCOUNT_ACTIVE}`).waitFor();
    expect(body.totals.ACCOUNT_ACTIVE).toBeGreaterThan(0);
  });

  it("is legible, light and dark, narrow and wide", async () => {
    await console.system().post("/v1/accounts", { userId: 72, accountNumber: "PICTURED" });
    await takePictures(console, "/", "overview", "PICTURED");
  });
}
