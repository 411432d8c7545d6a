// The map of what leads to what, whole and narrowed.

import { expect, it } from "vitest";
import { TRANSITION_NAMES } from "../../src/account/commands.ts";
import { mapOf } from "../../src/reactions/map.ts";
import { drawEvents, drawFunctions } from "../../src/tools/draw-map.ts";

const confirming = { name: "confirming", reactsTo: ["ACCOUNT_CREATED"], sends: ["confirm"] };
const leaving = { name: "leaving", reactsTo: ["user.deleted"], sends: ["close"] };
const functions = [confirming, leaving];

it("has every command, at the event that it comes to", () => {
  const { events } = mapOf(functions);
  expect(events.flatMap(({ commands }) => commands).toSorted()).toEqual(
    ["create", ...TRANSITION_NAMES].toSorted(),
  );
  expect(events.find(({ type }) => type === "ACCOUNT_SUSPENDED")?.commands).toEqual(["suspend"]);
});

it("says which views an event changes, and which functions react to it", () => {
  const { events } = mapOf(functions);
  const byType = new Map(events.map((event) => [event.type, event]));
  expect(byType.get("ACCOUNT_CREATED")).toMatchObject({
    views: ["accounts", "feed", "status-totals"],
    functions: ["confirming"],
  });
  expect(byType.get("ACCOUNT_MADE_DEFAULT")).toMatchObject({ views: ["accounts", "feed"], functions: [] });
  expect(byType.get("user.deleted")).toEqual({
    type: "user.deleted",
    commands: [],
    views: ["users"],
    functions: ["leaving"],
  });
});

it("draws what other services tell, from the inbox into the users view, though no function reacts to it", () => {
  expect(drawEvents(mapOf([]))).toContain(
    "  inbox[/inbox/] --> e_user_created([user.created])\n  e_user_created([user.created]) --> v_users[(users)]",
  );
});

it("narrowed to an event shows what it sets off", () => {
  const map = mapOf(functions, { event: "ACCOUNT_CREATED" });
  expect(map.functions).toEqual([confirming]);
  expect(map.events.map(({ type }) => type)).toEqual(["ACCOUNT_CREATED", "ACCOUNT_CONFIRMED"]);
});

it("narrowed to a function shows what sets it off, and what it comes to", () => {
  const map = mapOf(functions, { function: "leaving" });
  expect(map.functions).toEqual([leaving]);
  expect(map.events.map(({ type }) => type)).toEqual(["ACCOUNT_CLOSED", "user.deleted"]);
});

it("narrowed to what there is not is empty", () => {
  expect(mapOf(functions, { event: "ACCOUNT_LOST" }).functions).toEqual([]);
  expect(mapOf(functions, { function: "lost" })).toEqual({ events: [], functions: [] });
});

it("draws hundreds of functions one by one, and a few together", () => {
  const hundreds = Array.from({ length: 300 }, (_, index) => ({ ...confirming, name: `function-${index}` }));
  const drawings = drawFunctions(mapOf(hundreds));
  expect(drawings).toHaveLength(300);
  expect(drawings[7]).toBe(
    [
      "```mermaid",
      "flowchart LR",
      "  e_ACCOUNT_CREATED([ACCOUNT_CREATED]) --> f_function_7{{function-7}}",
      "  f_function_7{{function-7}} --> c_confirm[confirm]",
      "```",
    ].join("\n"),
  );
  expect(drawFunctions(mapOf(functions))).toHaveLength(1);
});
