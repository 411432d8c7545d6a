// The drawing of the map: what is drawn of it, where, and that it stays readable however much there is.

import { describe, expect, it } from "vitest";
import {
  graphOf,
  MAX_FUNCTIONS_DRAWN,
  type MapGraph,
  type SystemMap,
} from "../../src/console/screens/map/map-graph.ts";
import { layoutOf, type Placed } from "../../src/console/screens/map/map-layout.ts";

const EVENTS: readonly (readonly [type: string, command: string])[] = [
  ["ACCOUNT_CREATED", "create"],
  ["ACCOUNT_CONFIRMED", "confirm"],
  ["ACCOUNT_ACTIVATED", "activate"],
  ["ACCOUNT_SUSPENDED", "suspend"],
  ["ACCOUNT_CLOSED", "close"],
  ["user.deleted", ""],
];

/** Each reacts to one or two events and sends one command. */
function mapWith(functions: number, subscriptions = 1): SystemMap {
  const mapped = Array.from({ length: functions }, (_, index) => ({
    name: `function-${index}`,
    reactsTo: [0, 1 + (index % 2)].map((step) => EVENTS[(index + step) % EVENTS.length]?.[0] ?? ""),
    sends: [EVENTS[index % 5]?.[1] ?? ""],
    firstSeenAt: 0,
    reactions: 1,
    position: null,
    lagMs: { newest: null, oldestWaiting: null },
    waiting: 0,
    parked: index === 7 ? 3 : 0,
  }));
  const link = { href: "/" };
  return {
    events: EVENTS.map(([type, command]) => ({
      type,
      commands: command === "" ? [] : [command],
      views: command === "" ? [] : ["accounts", "feed"],
      functions: mapped.filter(({ reactsTo }) => reactsTo.includes(type)).map(({ name }) => name),
      lagMs:
        type === "ACCOUNT_CREATED"
          ? { p50: 10, p99: 85, events: 1_200 }
          : { p50: null, p99: null, events: 0 },
    })),
    functions: mapped,
    subscriptions: Array.from({ length: subscriptions }, (_, index) => ({
      id: `${index}`,
      url: `https://receiver-${index}.example/`,
      types: null,
      state: index === 2 ? "parked" : "active",
      lag: 0,
    })),
    liveStreams: 1,
    inbox: { stored: 0, parked: 0 },
    counts: { events: 10, accounts: 3, parked: 0 },
    lagMs: { p50: 10, p99: 20, events: 10 },
    _links: { self: link, operations: link },
  };
}

const labels = ({ nodes }: MapGraph): string[] => nodes.map(({ label }) => label);

describe("what is drawn", () => {
  it("is every command, event, view, function and follower, and what leads to what", () => {
    const graph = graphOf(mapWith(2));
    expect(labels(graph)).toEqual(
      expect.arrayContaining(["create", "ACCOUNT_CREATED", "accounts", "function-0", "receiver-0.example"]),
    );
    expect(labels(graph)).toEqual(expect.arrayContaining(["inbox", "user.deleted", "live streams"]));
    expect(graph.edges).toEqual(
      expect.arrayContaining([
        { from: "command create", to: "event ACCOUNT_CREATED" },
        { from: "event ACCOUNT_CREATED", to: "view feed" },
        { from: "event ACCOUNT_CREATED", to: "function function-0" },
        { from: "function function-0", to: "sent create" },
        { from: "view feed", to: "subscription 0" },
        { from: "inbox", to: "event user.deleted" },
      ]),
    );
  });

  it("says of each event and of its command how many there were of late, and how late", () => {
    const notes = new Map(graphOf(mapWith(2)).nodes.map(({ id, note }) => [id, note]));
    expect(notes.get("event ACCOUNT_CREATED")).toBe("1,200 in 5 min, lag 85 ms");
    expect(notes.get("command create")).toBe("1,200 in 5 min");
    expect(notes.get("event ACCOUNT_CLOSED")).toBe("none in 5 min");
    expect(notes.get("event user.deleted")).toBe("another service's");
  });

  it("is a stack for each event where functions are many, which tells of the worst among them", () => {
    const graph = graphOf(mapWith(300));
    expect(labels(graph)).not.toContain("function-0");
    expect(graph.nodes.filter(({ kind }) => kind === "function")).toHaveLength(EVENTS.length);
    const stack = graph.nodes.find(({ id }) => id === "functions of ACCOUNT_CONFIRMED");
    expect(stack).toMatchObject({ label: "150 functions", note: "3 parked", tone: "bad" });
    expect(stack?.href).toBe("/map?event=ACCOUNT_CONFIRMED");
  });

  it("is a stack of webhooks where those are many", () => {
    const graph = graphOf(mapWith(1, 400));
    expect(labels(graph)).toContain("400 webhooks");
    expect(graph.nodes.find(({ id }) => id === "subscriptions")).toMatchObject({ note: "1 not active" });
  });

  it("is what a search finds and what is beside that, also out of a stack", () => {
    const graph = graphOf(mapWith(300), "Function-123");
    expect(labels(graph).toSorted()).toEqual([
      "ACCOUNT_SUSPENDED",
      "function-123",
      "suspend",
      "user.deleted",
    ]);
    expect(graphOf(mapWith(300), "nothing of the kind").nodes).toEqual([]);
  });
});

describe("where it is drawn", () => {
  it.each([
    ["a small map", graphOf(mapWith(3))],
    ["as many functions as are drawn each by itself", graphOf(mapWith(MAX_FUNCTIONS_DRAWN, 8))],
    ["hundreds of functions", graphOf(mapWith(500, 500))],
  ])("nothing lies on anything else, and all goes from left to right: %s", (_, graph) => {
    const layout = layoutOf(graph);
    expect(layout.nodes).toHaveLength(graph.nodes.length);
    expect(overlaps(layout.nodes)).toEqual([]);
    const places = new Map(layout.nodes.map((node) => [node.id, node]));
    for (const { from, to, path } of layout.edges) {
      const [start, end] = [places.get(from), places.get(to)];
      expect((start?.x ?? 0) + (start?.width ?? 0)).toBeLessThan(end?.x ?? 0);
      expect(path).toMatch(/^M\d+,\d+(C\d+,\d+ \d+,\d+ \d+,\d+)+$/);
    }
    for (const { x, y, width, height } of layout.nodes) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(layout.width);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
  });

  it("hundreds of functions take no more room than a few", () => {
    const few = layoutOf(graphOf(mapWith(MAX_FUNCTIONS_DRAWN, 8)));
    const many = layoutOf(graphOf(mapWith(500, 500)));
    expect(many.height).toBeLessThanOrEqual(few.height);
    expect(many.width).toBeLessThan(2 * few.width);
  });

  it("what is said of a node moves nothing", () => {
    const map = mapWith(3);
    const busy = { ...map, functions: map.functions.map((each) => ({ ...each, waiting: 123_456 })) };
    expect(layoutOf(graphOf(busy))).toEqual(layoutOf(graphOf(map)));
  });
});

function overlaps(nodes: readonly Placed[]): string[] {
  return nodes.flatMap((one, index) =>
    nodes
      .slice(index + 1)
      .filter(
        (other) =>
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      )
      .map((other) => `${one.id} lies on ${other.id}`),
  );
}
