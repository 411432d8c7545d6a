// The comparison of journal and log, shown to find what it is there to find.

import { expect, it } from "vitest";
import type { Account } from "../../src/account/account.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import { compare, type Entry, Findings, type Told } from "./journal.ts";

const CREATED = event(1, "a", "key-a");
const CONFIRMED = event(2, "b", "key-b");

it.each<[string, Entry[], RecordedAccountEvent[], Partial<Record<keyof Findings, number>>]>([
  ["an honest log", [acknowledged(CREATED), acknowledged(CONFIRMED)], [CREATED, CONFIRMED], {}],
  ["an unanswered command that was applied", [unanswered("a", "key-a")], [CREATED], {}],
  ["an unanswered command that was not applied", [unanswered("a", "key-a")], [], {}],
  ["a lost event", [acknowledged(CREATED), acknowledged(CONFIRMED)], [CREATED], { lost: 1 }],
  ["a changed event", [acknowledged(CREATED)], [{ ...CREATED, createdAt: 9 }], { lost: 1 }],
  [
    "one command written twice",
    [acknowledged(CREATED), acknowledged(CONFIRMED)],
    [CREATED, CONFIRMED, event(3, "b", "key-b")],
    { doubled: 1 },
  ],
  [
    "a gap",
    [acknowledged(CREATED), acknowledged(event(3, "b", "key-b"))],
    [CREATED, event(3, "b", "key-b")],
    { other: 1 },
  ],
  ["an event of nobody's", [acknowledged(CREATED)], [CREATED, CONFIRMED], { other: 1 }],
  ["a refused command that was written", [refused("a", "key-a")], [CREATED], { other: 1 }],
  ["another key", [unanswered("a", "key-b")], [CREATED], { other: 1 }],
])("%s", (_, entries, log, expected) => {
  const findings = new Findings();
  compare("J", entries, log, findings);
  const { lost, doubled, other } = findings;
  expect({ lost: lost.length, doubled: doubled.length, other: other.length }).toEqual({
    lost: 0,
    doubled: 0,
    other: 0,
    ...expected,
  });
});

function acknowledged(written: RecordedAccountEvent): Entry {
  const account: Account = {
    createdAt: 1,
    lastModified: 1,
    userId: 1,
    accountNumber: "J",
    defaultAccount: false,
    status: "ACCOUNT_PENDING",
    version: written.version,
  };
  const { correlationId, commandId } = written.metadata;
  return entry(correlationId, commandId, { kind: "accepted", account, event: written, replayed: false });
}

function unanswered(traceId: string, key: string): Entry {
  return entry(traceId, key, { kind: "unknown", reason: "killed" });
}

function refused(traceId: string, key: string): Entry {
  return entry(traceId, key, { kind: "refused", code: "409" });
}

function entry(traceId: string, key: string, told: Told): Entry {
  return { accountNumber: "J", command: "confirm", body: {}, key, traceId, told };
}

function event(version: number, correlationId: string, commandId: string): RecordedAccountEvent {
  return {
    id: `J:${version}`,
    createdAt: 1,
    lastModified: 1,
    type: version === 1 ? "ACCOUNT_CREATED" : "ACCOUNT_CONFIRMED",
    schema: 1,
    accountNumber: "J",
    version,
    data: {},
    metadata: { commandId, correlationId, causationId: null, actor: "anonymous" },
  };
}
