import { describe, expect, it } from "vitest";
import { evolve } from "../../src/account/evolve.ts";
import { ACCOUNT_NUMBER, event, folded, recorded } from "./given.ts";

describe("evolve", () => {
  it("folds a life into the account that clients read", () => {
    expect(folded([event.created(true), event.confirmed, event.activated])).toEqual({
      createdAt: 1000,
      lastModified: 3000,
      userId: 1,
      accountNumber: ACCOUNT_NUMBER,
      defaultAccount: true,
      status: "ACCOUNT_ACTIVE",
      version: 3,
    });
  });

  it("moves version and time on an event type from the future, and nothing else", () => {
    const before = folded([event.created()]);
    const after = folded([event.created(), { type: "ACCOUNT_FROZEN_BY_COURT", data: { case: 7 } }]);
    expect(after).toEqual({ ...before, version: 2, lastModified: 2000 });
  });

  it("does not mistake a name of Object's prototype for an event type", () => {
    expect(folded([event.created(), { type: "constructor", data: {} }])?.version).toBe(2);
  });

  it("refuses a gap, a repetition and a log that does not begin with its creation", () => {
    const account = folded([event.created()]);
    const at = (version: number) => recorded([event.confirmed], version)[0] as never;
    expect(() => evolve(account, at(3))).toThrow("can't follow version 1");
    expect(() => evolve(account, at(1))).toThrow("can't follow version 1");
    expect(() => evolve(null, at(1))).toThrow("begins with ACCOUNT_CREATED");
  });
});
