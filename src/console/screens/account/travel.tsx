// The slider through an account's versions: by pointer, by arrow keys, Page Up and Down, Home and End, or by number.

import { useRef, useState } from "preact/hooks";
import type { EventRepresentation } from "../../../http/representations.ts";
import { Field } from "../../parts/field.tsx";
import { numberWords, wordsOf } from "../../parts/words.ts";
import { toneOf } from "./event-words.ts";
import { wholeNumber } from "./log-window.ts";
import "./travel.css";

interface TravelProps {
  readonly version: number;
  readonly newest: number;
  readonly isHeld: boolean;
  /** Those that are known: the slider shows where they are. */
  readonly events: readonly EventRepresentation[];
  /** On the way, many times. */
  readonly onHold: (version: number) => void;
  /** Where one stays. */
  readonly onTravel: (version: number) => void;
}

/** More marks would be a bar. */
const MAX_MARKS = 60;

export function Travel({ version, newest, isHeld, events, onHold, onTravel }: TravelProps) {
  // The end moves along as events come, save while the slider is held: it would slip from under the pointer.
  const end = useRef(newest);
  if (!isHeld) end.current = newest;
  /** Its end is now, whatever came while it was held. */
  const travel = (slider: HTMLInputElement): void =>
    onTravel(slider.valueAsNumber === end.current ? newest : slider.valueAsNumber);
  // Moved away and back to where it was, a slider tells of no change.
  const letGo = (event: { readonly currentTarget: HTMLInputElement }): void => {
    if (isHeld) travel(event.currentTarget);
  };
  const current = events.find((event) => event.version === version);
  return (
    <div class="travel">
      <div class="travel-track">
        <input
          type="range"
          class="slider"
          aria-label="Version"
          aria-valuetext={`Version ${version} of ${newest}${current === undefined ? "" : `: ${wordsOf(current.type)}`}`}
          min={1}
          max={end.current}
          value={version}
          onInput={(event) => onHold(event.currentTarget.valueAsNumber)}
          onChange={(event) => travel(event.currentTarget)}
          onPointerUp={letGo}
          onPointerCancel={letGo}
          onBlur={letGo}
        />
        <Marks events={events} version={version} end={end.current} />
      </div>
      <VersionField version={version} newest={newest} onTravel={onTravel} />
    </div>
  );
}

/**
 * What happened where, by colour; in words it stands in the timeline. A mark is as wide as the slider and moved as a picture, so
 * that a new event, which moves all others, shifts no layout.
 */
function Marks({ events, version, end }: Pick<TravelProps, "events" | "version"> & { readonly end: number }) {
  if (end > MAX_MARKS) return null;
  return (
    <span class="travel-marks" aria-hidden="true">
      {events.map((event) => (
        <span
          key={event.version}
          class="travel-mark"
          data-tone={toneOf(event.type)}
          data-ahead={event.version > version}
          style={{ transform: `translateX(${end === 1 ? 0 : (100 * (event.version - 1)) / (end - 1)}%)` }}
        />
      ))}
    </span>
  );
}

function VersionField({ version, newest, onTravel }: Pick<TravelProps, "version" | "newest" | "onTravel">) {
  /** Null where nobody types: an event that comes meanwhile leaves alone what is typed. */
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <div class="travel-version">
      <Field label="Version number" isLabelHidden>
        {(attributes) => (
          <input
            {...attributes}
            type="number"
            min={1}
            max={newest}
            value={typed ?? String(version)}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onBlur={() => setTyped(null)}
            onChange={(event) => {
              const to = wholeNumber(event.currentTarget.value);
              setTyped(null);
              if (to !== null && to <= newest) onTravel(to);
            }}
          />
        )}
      </Field>
      <span class="travel-of number">of {numberWords(newest)}</span>
    </div>
  );
}
