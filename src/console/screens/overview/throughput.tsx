// How many events and commands there are a second: the last two minutes, as they pass.

import { computed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { recentEvents } from "../../api/feed.ts";
import { SHOWN_SECONDS, type Throughput, throughputUntil } from "../../api/throughput.ts";
import { Panel } from "../../parts/panel.tsx";
import { ThroughputChart } from "./throughput-chart.tsx";

const TICK_MS = 1_000;
/** A figure of one second jumps; one of this many can be read. */
const MEAN_OVER_SECONDS = 10;

const hasEvents = computed(() => recentEvents.value.length > 0);

const RATE = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function ThroughputPanel() {
  const [shown, setShown] = useState(() => throughputUntil(Date.now()));
  const isFilled = hasEvents.value;
  useEffect(() => {
    // Anew with the first events, too: they tell of seconds that have passed.
    void isFilled;
    const tick = (): void => setShown(throughputUntil(Date.now()));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [isFilled]);
  return (
    <Panel title="Throughput" actions={`last ${SHOWN_SECONDS / 60} minutes`}>
      <dl class="rates">
        <Rate of={shown.events} series="events" label="Events per second" />
        <Rate of={shown.fromCallers} series="callers" label="Commands of callers per second" />
      </dl>
      <ThroughputChart of={shown} description={inWords(shown)} />
    </Panel>
  );
}

interface RateProps {
  readonly of: Throughput["events"];
  /** Its colour. */
  readonly series: "events" | "callers";
  readonly label: string;
}

function Rate({ of, series, label }: RateProps) {
  return (
    <div class="rate" data-series={series}>
      <dt>{label}</dt>
      <dd class="number">{meanWords(of.slice(-MEAN_OVER_SECONDS))}</dd>
    </div>
  );
}

/** Of some seconds alone it would be too little. */
const meanWords = (values: Throughput["events"]): string =>
  values.includes(null) ? "–" : RATE.format(sum(values) / values.length);

const sum = (values: Throughput["events"]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);

/** For whoever does not see the chart. */
function inWords({ events, fromCallers }: Throughput): string {
  const known = events.filter((count) => count !== null);
  const unknown = events.length - known.length;
  return (
    `Chart of the last ${SHOWN_SECONDS} seconds: ${sum(events)} events, at most ${Math.max(0, ...known)} in a second; ` +
    `${sum(fromCallers)} of them by commands of callers, the others by commands of functions.` +
    (unknown === 0 ? "" : ` Nobody counted in ${unknown} of the seconds.`)
  );
}
