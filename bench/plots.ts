// Plots: bars beside each other, one group for each figure, a line over the range of its rounds. SVG, by Vega.

import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Measured, Plot } from "./figures.ts";

const WIDTH_PX = 640;
const HEIGHT_PX = 280;

export async function drawPlot(
  { figures }: Measured,
  { title, whats, unit, logarithmic }: Plot,
): Promise<string> {
  const values = figures
    .filter(({ what, spread }) => whats.includes(what) && !Number.isNaN(spread.median))
    .map(({ system, what, spread }) => ({ system, what, ...spread }));
  const position = {
    x: { field: "what", type: "nominal", title: null, sort: [...whats], axis: { labelAngle: 0 } },
    xOffset: { field: "system", sort: null },
  } as const;
  const scale =
    logarithmic === true
      ? ({ type: "log", domainMin: smallest(values) } as const)
      : ({ type: "linear" } as const);
  const spec: TopLevelSpec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title,
    width: WIDTH_PX,
    height: HEIGHT_PX,
    background: "white",
    data: { values },
    // Names as they are, however long.
    config: { axis: { labelLimit: 0 }, legend: { labelLimit: 0 } },
    layer: [
      {
        mark: { type: "bar" },
        encoding: {
          ...position,
          y: { field: "median", type: "quantitative", title: unit, scale },
          color: {
            field: "system",
            type: "nominal",
            title: null,
            sort: null,
            scale: { scheme: "tableau10" },
          },
          ...(logarithmic === true ? { y2: { datum: smallest(values) } } : {}),
        },
      },
      {
        mark: { type: "rule", stroke: "black" },
        encoding: {
          ...position,
          y: { field: "least", type: "quantitative", scale },
          y2: { field: "greatest" },
        },
      },
    ],
  };
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}

/** A logarithmic axis has no zero: the bars stand on a power of ten below all of them. */
function smallest(values: readonly { readonly least: number }[]): number {
  const least = Math.min(...values.map((value) => value.least).filter((value) => value > 0));
  return 10 ** Math.floor(Math.log10(Number.isFinite(least) ? least * 0.9 : 1));
}
