// Draws events and commands by second as bars, with uPlot.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Throughput } from "../../api/throughput.ts";

export interface Plot {
  show(throughput: Throughput): void;
  /** To the width of its place. */
  fit(): void;
  repaint(): void;
  end(): void;
}

const HEIGHT_PX = 148;
const FONT = "11px Inter, system-ui, sans-serif";
/** Of the width that a second has. */
const BAR_SHARE = 0.72;
/** A quiet system does not look like a busy one: one event in a second is no peak. */
const LEAST_TOP = 4;
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });

/** A canvas knows no variables, so it asks what they come to where it is. */
export function plotThroughput(element: HTMLElement): Plot {
  const colour = (name: string) => () => resolved(element, name);
  const bars = uPlot.paths.bars?.({ size: [BAR_SHARE] });
  const series = (name: string): uPlot.Series => ({
    fill: colour(name),
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  });
  const axis: uPlot.Axis = { stroke: colour("--ink-faint"), font: FONT, ticks: { show: false } };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT_PX,
      padding: [8, 36, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, most) => [0, Math.max(most, LEAST_TOP)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 80, size: 28, values: (_, seconds) => seconds.map(clockOf) },
        { ...axis, grid: { stroke: colour("--line"), width: 1 }, space: 32, size: 44, incrs: WHOLE_STEPS },
      ],
      series: [{}, series("--chart-events"), series("--chart-callers")],
    },
    [[], [], []],
    element,
  );
  return {
    show: ({ seconds, events, fromCallers }) => plot.setData([seconds, events, fromCallers]),
    fit: () => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    repaint: () => plot.redraw(false),
    end: () => plot.destroy(),
  };
}

const clockOf = (epochSeconds: number): string => CLOCK.format(epochSeconds * 1_000);

/** The colour that a variable comes to, light or dark. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = "";
  return color;
}
