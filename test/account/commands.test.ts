import { describe, expect, it } from "vitest";
import {
  accountNumberSchema,
  createSchema,
  isTransitionName,
  TRANSITION_SCHEMAS,
} from "../../src/account/commands.ts";

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("what commands take", () => {
  it("an account number is 1 to 34 letters, digits and hyphens", () => {
    for (const good of ["1", "A-z-9", "x".repeat(34)]) expect(accepts(accountNumberSchema, good)).toBe(true);
    for (const bad of ["", "x".repeat(35), "a b", "a/b", "é", "a\n", 7, null]) {
      expect(accepts(accountNumberSchema, bad)).toBe(false);
    }
  });

  it("a user id is a positive safe integer", () => {
    for (const userId of [1, Number.MAX_SAFE_INTEGER]) expect(accepts(createSchema, { userId })).toBe(true);
    for (const userId of [0, -1, 1.5, 2 ** 53, "1", null, undefined]) {
      expect(accepts(createSchema, { userId })).toBe(false);
    }
  });

  it("clients can't set a field that a command does not name", () => {
    expect(accepts(createSchema, { userId: 1, status: "ACCOUNT_ACTIVE" })).toBe(false);
    expect(accepts(TRANSITION_SCHEMAS.confirm, { reason: "x" })).toBe(false);
    expect(accepts(TRANSITION_SCHEMAS.suspend, JSON.parse('{"__proto__": {}}'))).toBe(false);
  });

  it("a reason is counted in code points, and must be well-formed", () => {
    for (const reason of ["x", "🙂".repeat(500)])
      expect(accepts(TRANSITION_SCHEMAS.suspend, { reason })).toBe(true);
    for (const reason of ["", "🙂".repeat(501), "\ud800", 5, null]) {
      expect(accepts(TRANSITION_SCHEMAS.suspend, { reason })).toBe(false);
    }
  });

  it("a name of Object's prototype is no command", () => {
    expect(isTransitionName("confirm")).toBe(true);
    expect(isTransitionName("toString")).toBe(false);
    expect(isTransitionName("create")).toBe(false);
  });
});
