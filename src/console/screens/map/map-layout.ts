// Where everything on the map is drawn: dagre lays it out from left to right.

import dagre from "@dagrejs/dagre";
import type { MapEdge, MapGraph, MapNode, NodeKind } from "./map-graph.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** `x`, `y`: its upper left corner. */
export interface Placed extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface MapLayout {
  readonly nodes: readonly Placed[];
  /** `path`: as SVG has it. */
  readonly edges: readonly (MapEdge & { readonly path: string })[];
  readonly width: number;
  readonly height: number;
}

const NODE_HEIGHT = 44;
const LOW_NODE_HEIGHT = 30;
const MIN_WIDTH = 96;
const MAX_WIDTH = 236;
/** Of a letter of a label, in the fixed width that labels have. */
const LETTER_WIDTH = 7.25;
/** What is beside the letters: padding, the mark of the kind. */
const AROUND_LABEL = 32;
/** A note changes while the map is shown, so it has room from the start. */
const NOTE_WIDTH: Readonly<Record<NodeKind, number>> = {
  command: 0,
  event: 0,
  view: 158,
  function: 168,
  follower: 158,
  inbox: 118,
};
const GAP = { nodesep: 12, ranksep: 64, marginx: 16, marginy: 16 };

/** The same for the same graph, whatever its notes say. */
export function layoutOf({ nodes, edges }: MapGraph): MapLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", ranker: "network-simplex", ...GAP });
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node, nodes), height: heightOf(node) });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  dagre.layout(graph);

  const { width = 0, height = 0 } = graph.graph();
  return {
    nodes: nodes.map(({ id }) => {
      const { x = 0, y = 0, ...size } = graph.node(id);
      return { id, x: x - size.width / 2, y: y - size.height / 2, ...size };
    }),
    edges: edges.map((edge) => ({ ...edge, path: pathOf(graph.edge(edge.from, edge.to).points ?? []) })),
    width,
    height,
  };
}

/** How many letters of a label there is room for. */
export const lettersIn = (width: number): number => Math.floor((width - AROUND_LABEL) / LETTER_WIDTH);

/** All of a kind are equally wide, so that they stand in a column. */
function widthOf({ kind }: MapNode, nodes: readonly MapNode[]): number {
  const letters = nodes.map((node) => (node.kind === kind ? node.label.length : 0));
  const wanted = Math.max(Math.max(...letters) * LETTER_WIDTH + AROUND_LABEL, NOTE_WIDTH[kind], MIN_WIDTH);
  return Math.min(Math.ceil(wanted), MAX_WIDTH);
}

const heightOf = ({ kind }: MapNode): number =>
  kind === "command" || kind === "event" ? LOW_NODE_HEIGHT : NODE_HEIGHT;

/** It leaves and arrives level, and bends in between. */
function pathOf(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return "";
  let path = `M${at(first)}`;
  let before = first;
  for (const point of others) {
    const middle = (before.x + point.x) / 2;
    path += `C${at({ x: middle, y: before.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    before = point;
  }
  return path;
}

const at = ({ x, y }: Point): string => `${Math.round(x)},${Math.round(y)}`;
