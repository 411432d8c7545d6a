// A message of the queue, checked by hand, is taken exactly where the schema of an event takes it.

import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";
import { recordedAccountEventSchema } from "../../src/account/events.ts";
import { decodeEventsMessage } from "../../src/account/events-message.ts";
import { upcast } from "../../src/account/upcast.ts";
import { ACCOUNT_NUMBER, event, recorded } from "./given.ts";

const schema = z
  .object({ accountNumber: z.string(), events: z.array(recordedAccountEventSchema.transform(upcast)).min(1) })
  .refine(({ accountNumber, events }) => events.every((one) => one.accountNumber === accountNumber));

const EVENTS = recorded([event.created(), event.suspended, { type: "ACCOUNT_AUDITED", data: { by: "x" } }]);
const MESSAGE = { accountNumber: ACCOUNT_NUMBER, events: EVENTS };

/** Values at the edges of what is right. */
const oddValue = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    "",
    "1",
    0,
    -0,
    -1,
    1,
    1.5,
    2 ** 53,
    Number.NaN,
    true,
    [],
    {},
    "ACCOUNT_CREATED",
  ),
  fc.jsonValue(),
);

/** Every path to a member of the message, at any depth. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([name, member]) => pathsIn(member).map((path) => [name, ...path])),
  ];
}

/** A copy in which one member is another, or is not there, or is one more. */
function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...Object(value) };
  const member = changed(Reflect.get(copy, name), rest, to);
  if (member === undefined && !Array.isArray(copy)) Reflect.deleteProperty(copy, name);
  else Reflect.set(copy, name, member);
  return copy;
}

function expectSame(body: unknown): void {
  const decoded = decodeEventsMessage(body);
  const parsed = schema.safeParse(body);
  expect(typeof decoded === "string", String(decoded)).toBe(!parsed.success);
  if (parsed.success) expect(decoded).toEqual(parsed.data);
}

const path = fc.oneof(
  fc.constantFrom(...pathsIn(MESSAGE)),
  fc.tuple(fc.constantFrom(...pathsIn(MESSAGE)), fc.string()).map(([path, name]) => [...path, `new ${name}`]),
);

it("is taken where the schema takes it, and is then the same", () => {
  const changes = fc.array(fc.tuple(path, oddValue), { maxLength: 3 });
  fc.assert(
    fc.property(changes, (all) => {
      expectSame(all.reduce<unknown>((body, [where, to]) => changed(body, where, to), MESSAGE));
    }),
    { numRuns: 5_000 },
  );
});

it("is taken or not as the schema says, with any value in the place of any member", () => {
  for (const where of pathsIn(MESSAGE)) {
    for (const to of [undefined, null, "", "x", 0, -1, 1.5, 2 ** 53, true, [], {}, [MESSAGE]]) {
      expectSame(changed(MESSAGE, where, to));
    }
  }
});

it.each([
  ["nonsense", "It is no object"],
  [{ accountNumber: "A", events: [] }, "events is no list of any"],
  [{ ...MESSAGE, accountNumber: "A" }, "events[0] is of another account"],
  [changed(MESSAGE, ["events", "1", "version"], "2"), "events[1].version is wrong"],
  [changed(MESSAGE, ["events", "1", "version"], 7), "events[1].id is not accountNumber:version"],
  [changed(MESSAGE, ["events", "2", "metadata", "actor"], 7), "events[2].metadata is wrong"],
])("says why it is none", (body, reason) => {
  expect(decodeEventsMessage(body)).toBe(reason);
});
