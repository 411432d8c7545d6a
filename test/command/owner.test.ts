// What another user's account tells one who may know of its own alone: nothing, but that its number is taken.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { CommandRequest } from "../../src/account/account-log.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import { CREATE, MAKE_DEFAULT, request } from "../workerd/commands.ts";

const OWNER = 1;
const ANOTHER = 2;

const logOf = (accountNumber: string) => env.ACCOUNT_LOGS.getByName(accountNumber);
const by = (owner: number, asked: CommandRequest): CommandRequest => ({ ...asked, owner });
const refused = (code: string, members: object = {}) => ({ kind: "refused", refusal: { code, ...members } });
const COMMANDS: readonly AccountCommand[] = [
  { type: "confirm" },
  { type: "activate" },
  { type: "suspend" },
  { type: "archive" },
  { type: "close" },
  { type: "make-default" },
  { type: "clear-default" },
];

async function openAccount() {
  const accountNumber = crypto.randomUUID().slice(0, 30);
  const log = logOf(accountNumber);
  const created = request(CREATE, "created");
  await log.execute([created, request(MAKE_DEFAULT, "made")], false);
  return { log, created };
}

describe.each([
  ["at first", false],
  ["where it is retried", true],
])("another user's account, %s,", (_, retrying) => {
  it("takes no command, and says no more than one that does not exist", async () => {
    const { log } = await openAccount();
    const nowhere = logOf(crypto.randomUUID().slice(0, 30));
    const asked = COMMANDS.flatMap((command) => [
      by(ANOTHER, request(command)),
      by(ANOTHER, request(command, "made")),
      by(ANOTHER, { ...request(command), expected: [2] }),
      by(ANOTHER, { ...request(command), expected: [7] }),
    ]);
    const outcomes = await log.execute(asked, retrying);
    expect(outcomes).toEqual(asked.map(() => refused("account-not-found")));
    expect(outcomes).toEqual(await nowhere.execute(asked, retrying));
    expect(await log.current()).toMatchObject({ version: 2, defaultAccount: true });
  });

  it("is not replayed for its own key, command id and trace", async () => {
    const { log, created } = await openAccount();
    const create: AccountCommand = { type: "create", userId: ANOTHER, defaultAccount: false };
    for (const asked of [created, { ...created, command: create }, { ...created, keyed: false }]) {
      expect(await log.execute([by(ANOTHER, asked)], retrying)).toEqual([refused("account-already-exists")]);
    }
    const expecting = by(ANOTHER, { ...created, expected: [2] });
    expect(await log.execute([expecting], retrying)).toEqual([
      refused("version-mismatch", { currentVersion: 0 }),
    ]);
    // Beside requests that the account answers, too.
    const [own, others] = await log.execute([by(OWNER, created), by(ANOTHER, created)], retrying);
    expect([own?.kind, others]).toEqual(["accepted", refused("account-already-exists")]);
  });

  it("is as ever for its owner", async () => {
    const { log, created } = await openAccount();
    const [replayed, confirmed] = await log.execute(
      [by(OWNER, created), by(OWNER, request({ type: "confirm" }))],
      retrying,
    );
    expect([replayed?.kind, confirmed?.kind]).toEqual(["accepted", "accepted"]);
  });
});
