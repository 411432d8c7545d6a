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
  readonly of: readonly number[];
  /** Its colour. */
  readonly series: "events" | "callers";
  readonly label: string;
}

function Rate({ of, series, label }: RateProps) {
  return (
    <div class="rate" data-series={series}>
      <dt>{label}</dt>
      <dd class="number">{RATE.format(mean(of))}</dd>
    </div>
  );
}

const mean = (values: readonly number[]): number => sum(values.slice(-MEAN_OVER_SECONDS)) / MEAN_OVER_SECONDS;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** For whoever does not see the chart. */
const inWords = ({ events, fromCallers }: Throughput): string =>
  `Chart of the last ${SHOWN_SECONDS} seconds: ${sum(events)} events, at most ${Math.max(...events)} in a second; ` +
  `${sum(fromCallers)} of them by commands of callers, the others by commands of functions.`;
