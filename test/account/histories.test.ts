// Properties over random histories; fast-check prints the seed of a failure.

import fc from "fast-check";
import { expect, it } from "vitest";
import type { Account } from "../../src/account/account.ts";
import { type AccountCommand, TRANSITION_NAMES } from "../../src/account/commands.ts";
import { legalCommands } from "../../src/account/decide.ts";
import { accountDecider } from "../../src/account/decider.ts";
import type { RecordedAccountEvent } from "../../src/account/events.ts";
import type { ExpectedVersion } from "../../src/event-sourcing/expected-version.ts";
import { folded, recorded } from "./given.ts";

const command: fc.Arbitrary<AccountCommand> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("create" as const),
      userId: fc.integer({ min: 1 }),
      defaultAccount: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.constantFrom(...TRANSITION_NAMES).map((type) => ({ type })) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom("suspend" as const, "archive" as const),
      reason: fc.string({ minLength: 1, maxLength: 500 }),
    }),
  },
);
const expected: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("any" as const) },
  { weight: 1, arbitrary: fc.constant("exists" as const) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }) },
);
const history = fc.array(fc.record({ command, expected }), { maxLength: 60 });

interface Step {
  readonly before: Account | null;
  readonly command: AccountCommand;
  readonly accepted: boolean;
}

function run(asked: readonly { command: AccountCommand; expected: ExpectedVersion }[]) {
  let account: Account | null = accountDecider.initialState;
  const log: RecordedAccountEvent[] = [];
  const steps: Step[] = [];
  for (const { command, expected } of asked) {
    const decision = accountDecider.decide(account, command, expected);
    steps.push({ before: account, command, accepted: decision.kind === "events" });
    if (decision.kind === "refusal") continue;
    for (const written of recorded(decision.events, log.length + 1)) {
      account = accountDecider.evolve(account, written);
      log.push(written);
    }
  }
  return { account, log, steps };
}

it("a log that decide produced always folds, to the state it was decided on, with dense versions", () => {
  fc.assert(
    fc.property(history, (asked) => {
      const { account, log } = run(asked);
      expect(folded(log)).toEqual(account);
      expect(log.map(({ version }) => version)).toEqual(log.map((_, index) => index + 1));
      expect(account?.version ?? 0).toBe(log.length);
    }),
  );
});

it("a refused command writes nothing; an accepted one writes one event", () => {
  fc.assert(
    fc.property(history, (asked) => {
      const { log, steps } = run(asked);
      expect(log).toHaveLength(steps.filter(({ accepted }) => accepted).length);
    }),
  );
});

it("repeating a status or default command adds no second effect", () => {
  fc.assert(
    fc.property(history, command, (asked, repeated) => {
      const once = run([...asked, { command: repeated, expected: "any" }]);
      const twice = run([
        ...asked,
        { command: repeated, expected: "any" },
        { command: repeated, expected: "any" },
      ]);
      expect(twice.log).toEqual(once.log);
    }),
  );
});

it("a command without an expected version is accepted exactly when it is among the legal commands", () => {
  fc.assert(
    fc.property(history, (asked) => {
      const { steps } = run(asked.map(({ command }) => ({ command, expected: "any" })));
      for (const { before, command, accepted } of steps) {
        const legal =
          command.type === "create"
            ? before === null
            : before !== null && legalCommands(before).includes(command.type);
        expect(accepted).toBe(legal);
      }
    }),
  );
});

it("a closed account stays closed, and is nobody's default", () => {
  fc.assert(
    fc.property(history, (asked) => {
      const { log } = run(asked);
      const closing = log.findIndex(({ type }) => type === "ACCOUNT_CLOSED");
      if (closing < 0) return;
      expect(closing).toBe(log.length - 1);
      expect(folded(log)).toMatchObject({ status: "ACCOUNT_CLOSED", defaultAccount: false });
    }),
  );
});
