// The stored shape of every event type and schema number, frozen: what was stored must be read for ever.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { EVENT_DATA, EVENT_SCHEMAS, type RecordedAccountEvent } from "../../src/account/events.ts";
import { upcast } from "../../src/account/upcast.ts";
import { recorded } from "./given.ts";

/** Whoever has to change a line here gives the type a new schema number, an upcaster, and a line of its own. */
const TODAY: Readonly<Record<string, { readonly schema: number; readonly data: string }>> = {
  ACCOUNT_CREATED: { schema: 2, data: "userId: integer, defaultAccount: boolean" },
  ACCOUNT_CONFIRMED: { schema: 1, data: "" },
  ACCOUNT_ACTIVATED: { schema: 1, data: "" },
  ACCOUNT_SUSPENDED: { schema: 1, data: "reason?: string" },
  ACCOUNT_ARCHIVED: { schema: 1, data: "reason?: string" },
  ACCOUNT_CLOSED: { schema: 1, data: "reason?: string" },
  ACCOUNT_MADE_DEFAULT: { schema: 1, data: "" },
  ACCOUNT_DEFAULT_CLEARED: { schema: 1, data: "" },
};

/** Data as an older schema number has it stored, and what it is to be today. */
const OLDER = [
  { type: "ACCOUNT_CREATED", schema: 1, data: { userId: 1 }, today: { userId: 1, defaultAccount: false } },
  {
    type: "ACCOUNT_CREATED",
    schema: 1,
    data: { userId: 1, defaultAccount: true },
    today: { userId: 1, defaultAccount: true },
  },
] as const;

function shapeOf(schema: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema);
  return Object.entries(properties)
    .map(([name, property]) => {
      const type = typeof property === "object" ? property.type : "";
      return `${name}${required.includes(name) ? "" : "?"}: ${type}`;
    })
    .join(", ");
}

const stored = (type: string, schema: number, data: object): RecordedAccountEvent => {
  const [event] = recorded([{ type, data }]);
  if (event === undefined) throw new Error("an event");
  return { ...event, schema };
};

describe("the stored shapes", () => {
  it("are those of today's schema numbers", () => {
    const shapes = Object.entries(EVENT_DATA).map(([type, data]) => [type, shapeOf(data)]);
    expect(Object.fromEntries(shapes)).toEqual(
      Object.fromEntries(Object.entries(TODAY).map(([type, { data }]) => [type, data])),
    );
    expect(EVENT_SCHEMAS).toEqual(
      Object.fromEntries(Object.entries(TODAY).map(([type, { schema }]) => [type, schema])),
    );
  });

  it("have a sample for every older schema number", () => {
    for (const [type, today] of Object.entries(EVENT_SCHEMAS)) {
      for (let schema = 1; schema < today; schema++) {
        expect(OLDER.some((sample) => sample.type === type && sample.schema === schema)).toBe(true);
      }
    }
  });

  it.each(OLDER)("of $type $schema, $data, are read as today's", ({ type, schema, data, today }) => {
    const event = upcast(stored(type, schema, data));
    expect(event).toMatchObject({ schema: TODAY[type]?.schema, data: today });
  });

  it("of today, of a newer writer, and of unknown types are left as they are", () => {
    for (const event of [
      stored("ACCOUNT_CREATED", 2, { userId: 1, defaultAccount: true }),
      stored("ACCOUNT_CREATED", 3, { owner: { id: 1 } }),
      stored("ACCOUNT_TAGGED", 1, { tag: "x" }),
    ]) {
      expect(upcast(event)).toBe(event);
    }
  });
});
