import { describe, expect, it } from "vitest";
import type { AccountStatus } from "../../src/account/account.ts";
import { type AccountCommand, TRANSITION_NAMES, type TransitionName } from "../../src/account/commands.ts";
import { legalCommands } from "../../src/account/decide.ts";
import type { AccountEvent } from "../../src/account/events.ts";
import { event, events, folded, given, refusal } from "./given.ts";

const { created, confirmed, activated, suspended, archived, closed, madeDefault, defaultCleared } = event;

const HISTORIES: Record<AccountStatus, AccountEvent[]> = {
  ACCOUNT_PENDING: [created()],
  ACCOUNT_CONFIRMED: [created(), confirmed],
  ACCOUNT_ACTIVE: [created(), confirmed, activated],
  ACCOUNT_SUSPENDED: [created(), confirmed, activated, suspended],
  ACCOUNT_ARCHIVED: [created(), confirmed, activated, archived],
  ACCOUNT_CLOSED: [created(), closed],
};

const done = (event: AccountEvent) => () => events(event);
const already = (accountStatus: AccountStatus) => refusal("already-in-state", { accountStatus });
const illegal = (accountStatus: AccountStatus) =>
  refusal("illegal-transition", {
    accountStatus,
    legalCommands: {
      ACCOUNT_PENDING: ["confirm", "close", "make-default"],
      ACCOUNT_CONFIRMED: ["activate", "close", "make-default"],
      ACCOUNT_ACTIVE: ["suspend", "archive", "close", "make-default"],
      ACCOUNT_SUSPENDED: ["activate", "close", "make-default"],
      ACCOUNT_ARCHIVED: ["activate", "close", "make-default"],
      ACCOUNT_CLOSED: [],
    }[accountStatus],
  });
const over = () => refusal("account-closed");

// One row a command, one cell a status: pending, confirmed, active, suspended, archived, closed.
type Cell = (status: AccountStatus) => object;
const TABLE: Record<TransitionName, readonly Cell[]> = {
  confirm: [done(confirmed), already, illegal, illegal, illegal, over],
  activate: [illegal, done(activated), already, done(activated), done(activated), over],
  suspend: [illegal, illegal, done(suspended), already, illegal, over],
  archive: [illegal, illegal, done(archived), illegal, already, over],
  close: [...Array(5).fill(done(closed)), over],
  "make-default": [...Array(5).fill(done(madeDefault)), over],
  "clear-default": [already, already, already, already, already, over],
};

describe("every command in every status", () => {
  const statuses = Object.keys(HISTORIES) as AccountStatus[];
  for (const name of TRANSITION_NAMES) {
    statuses.forEach((status, column) => {
      it(`${name} on ${status}`, () => {
        const then = TABLE[name][column]?.(status);
        expect(given(...HISTORIES[status]).when({ type: name })).toEqual(then);
      });
    });
    it(`${name} on an account that does not exist`, () => {
      expect(given().when({ type: name })).toEqual(refusal("account-not-found"));
    });
  }
  for (const status of statuses) {
    it(`create on ${status}`, () => {
      const create: AccountCommand = { type: "create", userId: 1, defaultAccount: false };
      expect(given(...HISTORIES[status]).when(create)).toEqual(refusal("account-already-exists"));
    });
  }
  it("create on an account that does not exist", () => {
    expect(given().when({ type: "create", userId: 1, defaultAccount: true })).toEqual(events(created(true)));
  });
});

describe("the default flag", () => {
  it("is cleared from a default account", () => {
    expect(given(created(true)).when({ type: "clear-default" })).toEqual(events(defaultCleared));
  });
  it("can't be set twice", () => {
    expect(given(created(true)).when({ type: "make-default" })).toEqual(already("ACCOUNT_PENDING"));
  });
  it("is cleared by closing, as part of the same event", () => {
    expect(folded([created(true), closed])).toMatchObject({
      defaultAccount: false,
      status: "ACCOUNT_CLOSED",
    });
  });
});

describe("the reason", () => {
  for (const [type, name] of [
    ["ACCOUNT_SUSPENDED", "suspend"],
    ["ACCOUNT_ARCHIVED", "archive"],
    ["ACCOUNT_CLOSED", "close"],
  ] as const) {
    it(`of ${name} is kept in the event`, () => {
      expect(given(created(), confirmed, activated).when({ type: name, reason: "chargeback" })).toEqual(
        events({ type, data: { reason: "chargeback" } }),
      );
    });
  }
});

describe("refusals keep their documented order", () => {
  it("a missing account comes before a wrong version", () => {
    expect(given().when({ type: "confirm" }, [7])).toEqual(refusal("account-not-found"));
  });
  it("a wrong version comes before a closed account", () => {
    expect(given(created(), closed).when({ type: "confirm" }, [1])).toEqual(
      refusal("version-mismatch", { currentVersion: 2 }),
    );
  });
  it("a closed account comes before a change of nothing", () => {
    expect(given(created(), closed).when({ type: "close" })).toEqual(refusal("account-closed"));
  });
  it("a create that expects a version is always a mismatch", () => {
    const create: AccountCommand = { type: "create", userId: 1, defaultAccount: false };
    for (const expected of ["exists", [1], []] as const) {
      expect(given().when(create, expected)).toEqual(refusal("version-mismatch", { currentVersion: 0 }));
      expect(given(created()).when(create, expected)).toEqual(
        refusal("version-mismatch", { currentVersion: 1 }),
      );
    }
  });
});

describe("the expected version", () => {
  it("is one of a list, or any existing account", () => {
    for (const expected of [[1], [9, 1], "exists"] as const) {
      expect(given(created()).when({ type: "confirm" }, expected)).toEqual(events(confirmed));
    }
  });
  it("never matches an empty list", () => {
    expect(given(created()).when({ type: "confirm" }, [])).toEqual(
      refusal("version-mismatch", { currentVersion: 1 }),
    );
  });
});

it("legal commands leave out what would change nothing", () => {
  const account = folded([created(true), confirmed, activated]);
  if (account === null) throw new Error("no account");
  expect(legalCommands(account)).toEqual(["suspend", "archive", "close", "clear-default"]);
});
