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

const NODE_HEIGHT = 40;
const MIN_WIDTH = 96;
const MAX_WIDTH = 236;
/** Of a letter of a label, in the fixed width that labels have. */
const LETTER_WIDTH = 7.25;
/** What is beside the letters: padding, the mark of the kind. */
const AROUND_LABEL = 38;
/** A note changes while the map is shown, so it has room from the start. */
const NOTE_WIDTH: Readonly<Record<NodeKind, number>> = {
  command: 128,
  event: 172,
  view: 158,
  function: 168,
  follower: 158,
  inbox: 118,
};
const GAP = { nodesep: 8, ranksep: 64, marginx: 16, marginy: 16 };

/** The same for the same graph, whatever its notes say. What comes first stands above. */
export function layoutOf({ nodes, edges }: MapGraph): MapLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", ranker: "network-simplex", ...GAP });
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node, nodes), height: NODE_HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  dagre.layout(graph);

  const { width = 0, height = 0 } = graph.graph();
  const isUpsideDown = (graph.node(nodes[0]?.id ?? "")?.y ?? 0) > height / 2;
  const upright = ({ x = 0, y = 0 }: Partial<Point>): Point => ({ x, y: isUpsideDown ? height - y : y });
  const placed = new Map(
    nodes.map(({ id }) => {
      const { width: across, height: down, ...centre } = graph.node(id);
      const { x, y } = upright(centre);
      return [id, { id, x: x - across / 2, y: y - down / 2, width: across, height: down }];
    }),
  );
  return {
    nodes: [...placed.values()],
    edges: edges.map((edge) => {
      const bends = (graph.edge(edge.from, edge.to).points ?? []).map(upright);
      return { ...edge, path: pathOf(placed.get(edge.from), placed.get(edge.to), bends) };
    }),
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

/** From the right side of a node to the left side of another; level there, and bent in between. */
function pathOf(from: Placed | undefined, to: Placed | undefined, bends: readonly Point[]): string {
  if (from === undefined || to === undefined) return "";
  let before = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  let path = `M${at(before)}`;
  // The first and the last are at the nodes' edges. A single one between them is no way around anything.
  const around = bends.length > 3 ? bends.slice(1, -1) : [];
  for (const point of [...around, end]) {
    const middle = (before.x + point.x) / 2;
    path += `C${at({ x: middle, y: before.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    before = point;
  }
  return path;
}

const at = ({ x, y }: Point): string => `${Math.round(x)},${Math.round(y)}`;
