// The map as a graph: what there is of commands, events, views, functions and followers, and what leads to what. Drawn from
// left to right without a way back: a command that functions send stands at the right once more.

import type { Answer } from "../../api/service.ts";
import { hrefWith } from "../../api/use-query.ts";
import type { Tone } from "../../parts/status.tsx";
import { durationWords, numberWords, plural } from "../../parts/words.ts";

export type SystemMap = Answer<"getMap">;
type MappedFunction = SystemMap["functions"][number];

export type NodeKind = "command" | "event" | "view" | "function" | "follower" | "inbox";

export interface MapNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** What is to be said of it now: it may change without the drawing moving. */
  readonly note: string;
  /** Where something is wrong. */
  readonly tone?: Tone;
  /** Where one reads on. */
  readonly href: string;
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
}

export interface MapGraph {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** More functions than these are stacked, those of each event together: each by itself would be a wall. */
export const MAX_FUNCTIONS_DRAWN = 24;
/** So, too, with webhooks. */
const MAX_SUBSCRIPTIONS_DRAWN = 8;

/** Where each view is read. */
const VIEW_HREFS: Readonly<Record<string, string>> = {
  accounts: "/accounts",
  feed: "/",
  "status-totals": "/",
};

export const narrowedTo = (only: { event?: string; function?: string; q?: string }): string =>
  hrefWith("/map", only);

/** `search`: only what is called so, and what is beside it. */
export function graphOf(map: SystemMap, search = ""): MapGraph {
  const searched = near(joined([ofEvents(map), ofFunctions(map), ofFollowers(map)]), search);
  const drawn = new Set(searched.nodes.map(({ id }) => id));
  const functions = map.functions.filter(({ name }) => drawn.has(functionId(name)));
  return functions.length <= MAX_FUNCTIONS_DRAWN ? searched : stacked(searched, functions, map);
}

function ofEvents({ events, counts, lagMs, inbox }: SystemMap): MapGraph {
  const nodes: MapNode[] = [];
  const edges: MapEdge[] = [];
  const lag = lagMs.p99 === null ? "at rest" : `lag ${durationWords(lagMs.p99)} at p99`;
  const notes: Readonly<Record<string, string>> = {
    accounts: plural(counts.accounts, "account"),
    feed: plural(counts.events, "event"),
    "status-totals": lag,
  };
  for (const { type, commands, views, lagMs: own } of events) {
    const event = eventId(type);
    const isForeign = commands.length === 0;
    nodes.push({
      id: event,
      kind: "event",
      label: type,
      note: isForeign ? "another service's" : eventNote(own),
      href: narrowedTo({ event: type }),
    });
    for (const command of commands) {
      const id = `command ${command}`;
      const note = commands.length === 1 ? commandNote(own.events) : "";
      nodes.push({ id, kind: "command", label: command, note, href: narrowedTo({ event: type }) });
      edges.push({ from: id, to: event });
    }
    for (const view of views) {
      const id = viewId(view);
      nodes.push({ id, kind: "view", label: view, note: notes[view] ?? "", href: VIEW_HREFS[view] ?? "/" });
      edges.push({ from: event, to: id });
    }
    if (isForeign) {
      nodes.push(inboxNode(inbox));
      edges.push({ from: "inbox", to: event });
    }
  }
  return { nodes, edges };
}

/** Of late is what the service tells lags of: the last 5 minutes. */
function eventNote({ events, p99 }: SystemMap["lagMs"]): string {
  if (p99 === null) return "none in 5 min";
  return `${numberWords(events)} in 5 min, lag ${durationWords(p99)}`;
}

/** Each that was taken came to one event. */
const commandNote = (events: number): string =>
  events === 0 ? "none in 5 min" : `${numberWords(events)} in 5 min`;

function inboxNode(inbox: SystemMap["inbox"]): MapNode {
  const { stored = 0, parked = 0 } = inbox ?? {};
  const node = { id: "inbox", kind: "inbox", label: "inbox", href: "/operations/inbox" } as const;
  if (parked > 0) return { ...node, note: `${numberWords(parked)} parked`, tone: "bad" };
  return { ...node, note: stored > 0 ? `${numberWords(stored)} waiting` : "nothing waits" };
}

function ofFunctions({ events, functions }: SystemMap): MapGraph {
  const shownTypes = new Set(events.map(({ type }) => type));
  const nodes: MapNode[] = [];
  const edges: MapEdge[] = [];
  for (const each of functions) {
    const id = functionId(each.name);
    nodes.push({
      id,
      kind: "function",
      label: each.name,
      ...stateOf([each]),
      href: narrowedTo({ function: each.name }),
    });
    for (const type of each.reactsTo) {
      if (shownTypes.has(type)) edges.push({ from: eventId(type), to: id });
    }
    for (const command of each.sends) {
      nodes.push(sentNode(command, events));
      edges.push({ from: id, to: sentId(command) });
    }
  }
  return { nodes, edges };
}

function sentNode(command: string, events: SystemMap["events"]): MapNode {
  const event = events.find(({ commands }) => commands.includes(command));
  return {
    id: sentId(command),
    kind: "command",
    label: command,
    note: "sent by functions",
    href: event === undefined ? narrowedTo({}) : narrowedTo({ event: event.type }),
  };
}

/** How some functions are, in few words: the worst first. */
function stateOf(functions: readonly MappedFunction[]): Pick<MapNode, "note" | "tone"> {
  const sum = (of: (each: MappedFunction) => number): number =>
    functions.reduce((total, each) => total + of(each), 0);
  const parked = sum((each) => each.parked);
  const waiting = sum((each) => each.waiting);
  const reactions = plural(
    sum((each) => each.reactions),
    "reaction",
  );
  if (parked > 0) return { note: `${numberWords(parked)} parked`, tone: "bad" };
  if (waiting > 0) return { note: `${numberWords(waiting)} waiting`, tone: "warn" };
  const lags = functions.flatMap(({ lagMs }) => (lagMs.newest === null ? [] : [lagMs.newest]));
  return { note: lags.length === 0 ? reactions : `${reactions}, ${durationWords(Math.max(...lags))}` };
}

function ofFollowers({ events, subscriptions, liveStreams }: SystemMap): MapGraph {
  const feed = viewId("feed");
  if (!events.some(({ views }) => views.includes("feed"))) return { nodes: [], edges: [] };
  const streams: MapNode = {
    id: "streams",
    kind: "follower",
    label: "live streams",
    note: `${numberWords(liveStreams)} open`,
    href: "/",
  };
  const nodes = [
    streams,
    ...(subscriptions.length <= MAX_SUBSCRIPTIONS_DRAWN
      ? subscriptions.map(subscriptionNode)
      : [subscriptionStack(subscriptions)]),
  ];
  return { nodes, edges: nodes.map(({ id }) => ({ from: feed, to: id })) };
}

type MappedSubscription = SystemMap["subscriptions"][number];

function subscriptionNode({ id, url, state, lag }: MappedSubscription): MapNode {
  return {
    id: `subscription ${id}`,
    kind: "follower",
    label: new URL(url).host,
    note: state === "active" ? behind(lag) : `${state}, ${behind(lag)}`,
    ...(state === "active" ? {} : { tone: state === "resting" ? "warn" : "bad" }),
    href: `/operations/subscriptions/${encodeURIComponent(id)}`,
  };
}

function subscriptionStack(subscriptions: readonly MappedSubscription[]): MapNode {
  const troubled = subscriptions.filter(({ state }) => state !== "active").length;
  return {
    id: "subscriptions",
    kind: "follower",
    label: `${numberWords(subscriptions.length)} webhooks`,
    note: troubled === 0 ? "all active" : `${numberWords(troubled)} not active`,
    ...(troubled === 0 ? {} : { tone: "warn" }),
    href: "/operations/subscriptions",
  };
}

const behind = (lag: number): string => (lag === 0 ? "up to date" : `${numberWords(lag)} behind`);

/** In the place of its functions, each event gets one stack of them. */
function stacked(graph: MapGraph, functions: readonly MappedFunction[], map: SystemMap): MapGraph {
  const single = new Set(functions.map(({ name }) => functionId(name)));
  const nodes = graph.nodes.filter(({ id }) => !single.has(id));
  const edges = graph.edges.filter(({ from, to }) => !single.has(from) && !single.has(to));
  const isOneEvent = map.events.filter((event) => event.functions.length > 0).length === 1;
  for (const { type } of map.events) {
    const own = functions.filter(({ reactsTo }) => reactsTo.includes(type));
    if (own.length === 0 || !graph.nodes.some(({ id }) => id === eventId(type))) continue;
    const id = `functions of ${type}`;
    nodes.push({
      id,
      kind: "function",
      label: plural(own.length, "function"),
      ...stateOf(own),
      href: isOneEvent ? "#functions" : narrowedTo({ event: type }),
    });
    edges.push({ from: eventId(type), to: id });
    for (const command of new Set(own.flatMap(({ sends }) => sends))) {
      edges.push({ from: id, to: sentId(command) });
    }
  }
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return { nodes: nodes.filter(({ id, kind }) => kind !== "command" || linked.has(id)), edges };
}

/** What is called so, and whatever leads to it or comes of it. */
function near({ nodes, edges }: MapGraph, search: string): MapGraph {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return { nodes, edges };
  const found = new Set(nodes.filter(({ label }) => isCalled(label, wanted)).map(({ id }) => id));
  const kept = edges.filter(({ from, to }) => found.has(from) || found.has(to));
  const shown = new Set([...found, ...kept.flatMap(({ from, to }) => [from, to])]);
  return { nodes: nodes.filter(({ id }) => shown.has(id)), edges: kept };
}

export const isCalled = (label: string, search: string): boolean =>
  label.toLowerCase().includes(search.trim().toLowerCase());

/** Each node and edge once. */
function joined(graphs: readonly MapGraph[]): MapGraph {
  const nodes = new Map(graphs.flatMap((graph) => graph.nodes.map((node) => [node.id, node] as const)));
  const edges = new Map(
    graphs.flatMap((graph) => graph.edges.map((edge) => [`${edge.from} > ${edge.to}`, edge] as const)),
  );
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

const eventId = (type: string): string => `event ${type}`;
const viewId = (view: string): string => `view ${view}`;
const functionId = (name: string): string => `function ${name}`;
const sentId = (command: string): string => `sent ${command}`;
