// The map as a drawing: every node is a link, and what it is tied to stands out while it is pointed at.

import { useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Button } from "../../parts/button.tsx";
import type { MapGraph, MapNode } from "./map-graph.ts";
import { layoutOf, lettersIn, type Placed } from "./map-layout.ts";
import { useViewport } from "./use-viewport.ts";

export function MapDrawing({ graph }: { graph: MapGraph }) {
  const { route } = useLocation();
  const layout = useLayout(graph);
  const viewport = useViewport(layout);
  const [lit, setLit] = useState<string | null>(null);
  const { view } = viewport;
  const near = new Set(
    layout.edges.flatMap(({ from, to }) => (from === lit || to === lit ? [from, to] : [])),
  );
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));

  function follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const href = link?.getAttribute("href") ?? null;
    // By a key (0), it ends no drag, whatever was dragged before.
    if (event.detail !== 0 && viewport.wasDragged()) event.preventDefault();
    else if (href?.startsWith("/") && isPlain(event)) {
      // The router sees HTML's links only.
      event.preventDefault();
      route(href);
    }
  }

  return (
    <div class="map-place">
      <section
        ref={viewport.box}
        class="map-box"
        style={{ "--drawing-height": `${Math.ceil(layout.height)}px` }}
        aria-label="The map, drawn. Arrow keys move it, plus and minus zoom, 0 fits it"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move what is seen, and + and - zoom
        tabIndex={0}
        onKeyDown={viewport.onKeyDown}
        onPointerDown={viewport.onPointerDown}
        onPointerMove={viewport.onPointerMove}
        onPointerUp={viewport.onPointerEnd}
        onPointerCancel={viewport.onPointerEnd}
        onClick={follow}
        onDragStart={(event) => event.preventDefault()}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose parts are links, and not a form's fields */}
        <svg
          class="map"
          width="100%"
          height="100%"
          role="group"
          aria-label="What leads to what"
          data-lit={lit === null ? undefined : ""}
        >
          {view === null ? null : (
            <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
              <g>
                {layout.edges.map(({ from, to, path }) => (
                  <path
                    key={`${from} > ${to}`}
                    class="map-edge"
                    d={path}
                    data-near={from === lit || to === lit ? "" : undefined}
                  />
                ))}
              </g>
              {layout.nodes.map((placed) => {
                const node = nodes.get(placed.id);
                return node === undefined ? null : (
                  <Drawn
                    key={placed.id}
                    node={node}
                    placed={placed}
                    isNear={near.has(placed.id)}
                    onPoint={() => setLit(placed.id)}
                    onReach={() => viewport.show(placed)}
                    onLeave={() => setLit(null)}
                  />
                );
              })}
            </g>
          )}
        </svg>
      </section>
      <div class="map-tools">
        <Button aria-label="Zoom in" title="Zoom in (+)" onClick={viewport.zoomIn}>
          +
        </Button>
        <Button aria-label="Zoom out" title="Zoom out (-)" onClick={viewport.zoomOut}>
          −
        </Button>
        <Button title="Fit the map into its place (0)" onClick={viewport.fit}>
          Fit
        </Button>
      </div>
    </div>
  );
}

/** Laid out anew only where there is something else to draw: not where notes have changed. */
function useLayout(graph: MapGraph) {
  const shape = JSON.stringify([
    graph.nodes.map(({ id, label }) => [id, label]),
    graph.edges.map(({ from, to }) => [from, to]),
  ]);
  return useMemo(() => layoutOf(graph), [shape]);
}

interface DrawnProps {
  readonly node: MapNode;
  readonly placed: Placed;
  readonly isNear: boolean;
  readonly onPoint: () => void;
  /** By a key. A pointer reaches only what is in sight, and what moved then would slip from under it. */
  readonly onReach: () => void;
  readonly onLeave: () => void;
}

function Drawn({ node, placed, isNear, onPoint, onReach, onLeave }: DrawnProps) {
  const { kind, label, note, tone, href } = node;
  const { x, y, width, height } = placed;
  const letters = lettersIn(width);
  return (
    <a
      class="map-node"
      href={href}
      data-kind={kind}
      data-tone={tone}
      data-near={isNear ? "" : undefined}
      aria-label={[`${kind} ${label}`, note].filter((words) => words !== "").join(", ")}
      onPointerEnter={onPoint}
      onPointerLeave={onLeave}
      onFocus={({ currentTarget }) => {
        onPoint();
        if (currentTarget.matches(":focus-visible")) onReach();
      }}
      onBlur={onLeave}
    >
      <g transform={`translate(${x} ${y})`}>
        <title>{note === "" ? label : `${label}: ${note}`}</title>
        <rect class="map-plate" width={width} height={height} rx={kind === "command" ? 16 : 6} />
        <rect class="map-mark" x={12} y={height / 2 - 11} width={8} height={8} rx={2} />
        <text class="map-label" x={26} y={17}>
          {label.length <= letters ? label : `${label.slice(0, letters - 1)}…`}
        </text>
        <text class="map-note" x={12} y={32}>
          {note}
        </text>
      </g>
    </a>
  );
}

/** Else the browser opens it in another tab or window. */
const isPlain = ({ ctrlKey, metaKey, shiftKey, altKey, button }: MouseEvent): boolean =>
  !ctrlKey && !metaKey && !shiftKey && !altKey && button === 0;
