// A point in time, in the reader's zone: short to the eye, exact on hover and to whoever reads the markup.

import { signal } from "@preact/signals";

interface TimeProps {
  /** Epoch milliseconds. */
  readonly at: number;
  /**
   * `relative`: "5 min ago", which goes on by itself. `clock`: "14:03:22". `short`, without it: "24 Nov, 14:03:22", with the
   * year where that is another.
   */
  readonly form?: "relative" | "clock" | "short";
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const SHORT_PARTS = {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
} as const;
const SHORT = new Intl.DateTimeFormat(undefined, SHORT_PARTS);
const SHORT_WITH_YEAR = new Intl.DateTimeFormat(undefined, { ...SHORT_PARTS, year: "numeric" });
const EXACT = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  timeZoneName: "short",
});
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;
/** Relative times are said anew so often. */
const TICK_MS = 5_000;

/** One clock for all relative times of the page. */
const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, TICK_MS);

export function Time({ at, form = "short" }: TimeProps) {
  return (
    <time dateTime={new Date(at).toISOString()} title={EXACT.format(at)}>
      {form === "relative" ? relative(at, now.value) : (form === "clock" ? CLOCK : shortFor(at)).format(at)}
    </time>
  );
}

function shortFor(at: number): Intl.DateTimeFormat {
  return new Date(at).getFullYear() === new Date().getFullYear() ? SHORT : SHORT_WITH_YEAR;
}

function relative(at: number, current: number): string {
  const passedMs = at - Math.max(current, at);
  const [unit, sizeMs] = UNITS.find(([, size]) => -passedMs >= size) ?? ["second", 1_000];
  return RELATIVE.format(Math.trunc(passedMs / sizeMs), unit);
}
