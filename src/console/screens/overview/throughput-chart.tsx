// Where the chart of events and commands by second is drawn. What draws it is loaded once the screen is there.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Throughput } from "../../api/throughput.ts";
import type { Plot } from "./throughput-plot.ts";

interface ThroughputChartProps {
  readonly of: Throughput;
  /** For whoever does not see it. */
  readonly description: string;
}

export function ThroughputChart({ of, description }: ThroughputChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null>(null);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let isGone = false;
    let drawn: Plot | null = null;
    void import("./throughput-plot.ts")
      .then(({ plotThroughput }) => {
        if (isGone) return;
        drawn = plotThroughput(element);
        setPlot(drawn);
      })
      // The figures above it say the same; it is there again with the screen's next opening.
      .catch(() => {});
    const resized = new ResizeObserver(() => drawn?.fit());
    resized.observe(element);
    // Paint does not follow a style by itself.
    const repaint = (): void => drawn?.repaint();
    const theme = new MutationObserver(repaint);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", repaint);
    return () => {
      isGone = true;
      resized.disconnect();
      theme.disconnect();
      system.removeEventListener("change", repaint);
      drawn?.end();
    };
  }, []);
  useEffect(() => plot?.show(of), [plot, of]);

  return (
    <div class="chart" role="img" aria-label={description}>
      <div class="chart-place" ref={place} />
    </div>
  );
}
