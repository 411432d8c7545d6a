// The checker, on histories made by hand: it finds the orders that exist, and it can fail.

import { describe, expect, it } from "vitest";
import type { Account } from "../../src/account/account.ts";
import type { AccountCommand } from "../../src/account/commands.ts";
import { decide, legalCommands } from "../../src/account/decide.ts";
import { evolve } from "../../src/account/evolve.ts";
import { recorded } from "../account/given.ts";
import { type Accepted, type AccountOperation, accountModel, type Refused } from "./account-model.ts";
import { linearize, type Model, type Timed } from "./linearizability.ts";

describe("a register", () => {
  type Access = Timed & { readonly kind: "write" | "read"; readonly value: number };
  const register: Model<number, Access> = {
    initialState: 0,
    step: (state, { kind, value }) => (kind === "write" || state === value ? value : null),
    keyOf: String,
  };
  const write = (value: number, called: number, returned: number): Access => ({
    kind: "write",
    value,
    called,
    returned,
  });
  const read = (value: number, called: number, returned: number): Access => ({
    kind: "read",
    value,
    called,
    returned,
  });

  it.each<[string, boolean, Access[]]>([
    ["nothing at all", true, []],
    ["one after the other", true, [write(1, 0, 1), read(1, 2, 3)]],
    ["a read beside a write, before it", true, [write(1, 0, 9), read(0, 1, 2)]],
    ["a read beside a write, after it", true, [write(1, 0, 9), read(1, 1, 2)]],
    ["a stale read", false, [write(1, 0, 1), read(0, 2, 3)]],
    ["a read from the future", false, [read(1, 0, 1), write(1, 2, 3)]],
    ["two reads that see one write come and go", false, [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
    [
      "writes that must be turned round",
      true,
      [write(1, 0, 9), write(2, 0, 9), read(2, 1, 3), read(1, 4, 9)],
    ],
    [
      "two readers that saw two writes in different orders",
      false,
      [write(1, 0, 9), write(2, 0, 9), read(1, 10, 11), read(2, 12, 13)],
    ],
  ])("%s: %s", (_, linearizable, history) => {
    expect(linearize(register, history).linearizable).toBe(linearizable);
  });

  it("tries no state twice: 14 writes side by side that explain nothing end soon", () => {
    const writes = Array.from({ length: 14 }, () => write(1, 0, 1));
    expect(linearize(register, [...writes, read(7, 0, 1)])).toMatchObject({ linearizable: false });
  });
});

describe("an account", () => {
  const created = accepted(null, { type: "create", userId: 1, defaultAccount: false });
  const confirmed = accepted(created.account, { type: "confirm" });
  const activated = accepted(confirmed.account, { type: "activate" });
  const legal = legalCommands(confirmed.account);
  const create: AccountCommand = { type: "create", userId: 1, defaultAccount: false };
  const mismatch = (currentVersion: number) => refused({ code: "version-mismatch", currentVersion });
  const base = [asked(create, created, 0, 1), asked({ type: "confirm" }, confirmed, 2, 3)];

  it.each<[string, boolean, AccountOperation[]]>([
    ["a life in order", true, base],
    [
      "a command that was answered before it was legal",
      false,
      [asked({ type: "confirm" }, confirmed, 0, 1), asked(create, created, 2, 3)],
    ],
    ["a version that two commands wrote", false, [...base, asked({ type: "confirm" }, confirmed, 2, 3)]],
    [
      "a gap in the versions",
      false,
      [asked(create, created, 0, 1), asked({ type: "activate" }, activated, 2, 3)],
    ],
    [
      "a refusal that was true while it was asked",
      true,
      [...base, asked({ type: "activate" }, notYet(created), 2, 5)],
    ],
    [
      "a refusal that was not true any more",
      false,
      [...base, asked({ type: "activate" }, notYet(created), 4, 5)],
    ],
    [
      "an acceptance that forgets If-Match",
      false,
      [asked(create, created, 0, 1), asked({ type: "confirm" }, confirmed, 2, 3, [7])],
    ],
    [
      "a mismatch with a version from before",
      false,
      [...base, asked({ type: "close" }, mismatch(1), 4, 5, [7])],
    ],
    ["a mismatch", true, [...base, asked({ type: "close" }, mismatch(2), 4, 5, [7])]],
    ["a key that wrote twice", false, [...keyed(false)]],
    ["a key that was replayed", true, [...keyed(true)]],
    [
      "a replay before the first",
      false,
      [...base.slice(0, 1), asked({ type: "confirm" }, { ...confirmed, replayed: true }, 2, 3, "any", "k")],
    ],
    ["a log read that misses an acknowledged event", false, [...base, events([created], 4, 5)]],
    ["a log read beside the command", true, [...base, events([created], 2, 5)]],
    ["a log read that saw an event before its command", false, [events([created, confirmed], 0, 1), ...base]],
    [
      "a log read that goes back",
      false,
      [
        asked(create, created, 0, 1),
        asked({ type: "confirm" }, confirmed, 2, 9),
        events([created, confirmed], 3, 4),
        events([created], 5, 6),
      ],
    ],
    ["a stale view, as old as was asked for", true, [...base, read(1, "view", created.account, 4, 5)]],
    ["a view that is older than was asked for", false, [...base, read(2, "view", created.account, 4, 5)]],
    ["a stale log", false, [...base, read(1, "log", created.account, 4, 5)]],
    ["the log as it is", true, [...base, read(2, "log", confirmed.account, 4, 5)]],
    ["a view ahead of the log", false, [read(2, "view", confirmed.account, 0, 1), ...base.map(later)]],
    [
      "a view that is the fold of no version",
      false,
      [...base, read(1, "view", { ...confirmed.account, defaultAccount: true }, 4, 5)],
    ],
    [
      "a version not found that was acknowledged",
      false,
      [
        ...base,
        {
          asked: "minVersion",
          minVersion: 2,
          answer: refused({ code: "version-not-found", currentVersion: 1 }),
          called: 4,
          returned: 5,
        },
      ],
    ],
    [
      "the legal commands",
      true,
      [
        ...base,
        { asked: "commands", answer: { kind: "commands", version: 2, legal }, called: 4, returned: 5 },
      ],
    ],
    [
      "the legal commands of before",
      false,
      [
        ...base,
        {
          asked: "commands",
          answer: { kind: "commands", version: 1, legal: legalCommands(created.account) },
          called: 4,
          returned: 5,
        },
      ],
    ],
  ])("%s: %s", (_, linearizable, history) => {
    expect(linearize(accountModel, history).linearizable).toBe(linearizable);
  });

  it("says how far it came, and what could not follow", () => {
    const stale = events([created], 4, 5);
    expect(linearize(accountModel, [...base, stale])).toEqual({
      linearizable: false,
      longest: base,
      stuck: [stale],
    });
  });

  function keyed(replayed: boolean): AccountOperation[] {
    const first = {
      ...confirmed,
      event: { ...confirmed.event, metadata: { ...confirmed.event.metadata, commandId: "k" } },
    };
    const again = { ...first, replayed };
    return [
      asked(create, created, 0, 1),
      asked({ type: "confirm" }, first, 2, 3, "any", "k"),
      asked({ type: "confirm" }, again, 4, 5, "any", "k"),
    ];
  }
});

function accepted(before: Account | null, command: AccountCommand): Accepted {
  const decision = decide(before, command, "any");
  const [event] = decision.kind === "events" ? recorded(decision.events, (before?.version ?? 0) + 1) : [];
  if (event === undefined) throw new Error("The example is to be legal");
  return { kind: "accepted", account: evolve(before, event), event, replayed: false };
}

function refused(refusal: Refused["refusal"]): Refused {
  return { kind: "refused", refusal };
}

function notYet({ account }: Accepted): Refused {
  return refused({
    code: "illegal-transition",
    accountStatus: account.status,
    legalCommands: legalCommands(account),
  });
}

function asked(
  command: AccountCommand,
  answer: Accepted | Refused,
  called: number,
  returned: number,
  expected: "any" | number[] = "any",
  key: string | null = null,
): AccountOperation {
  return { asked: "command", command, expected, key, answer, called, returned };
}

function events(written: readonly Accepted[], called: number, returned: number): AccountOperation {
  return {
    asked: "events",
    answer: { kind: "events", events: written.map(({ event }) => event) },
    called,
    returned,
  };
}

function read(
  minVersion: number,
  servedFrom: "view" | "log",
  account: Account,
  called: number,
  returned: number,
): AccountOperation {
  return {
    asked: "minVersion",
    minVersion,
    answer: { kind: "read", servedFrom, account, legal: legalCommands(account) },
    called,
    returned,
  };
}

function later(operation: AccountOperation): AccountOperation {
  return { ...operation, called: operation.called + 10, returned: operation.returned + 10 };
}
