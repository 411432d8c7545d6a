// The map of what leads to what: commands to events, events to views and functions, functions to commands. From the code:
// the domain's table, the fold, and what each function says of itself.

import { COMMAND_EVENTS } from "../account/decide.ts";
import { EVENT_DATA, isKnownEventType } from "../account/events.ts";
import { VIEWS_OF_USER_EVENTS, viewsOf } from "../views/views-of.ts";
import type { FunctionDescription } from "./contract.ts";

interface MappedEvent {
  readonly type: string;
  /** Which come to it; none where it is another service's. */
  readonly commands: readonly string[];
  readonly views: readonly string[];
  readonly functions: readonly string[];
}

export interface SystemMap<Mapped extends FunctionDescription = FunctionDescription> {
  readonly events: readonly MappedEvent[];
  readonly functions: readonly Mapped[];
}

/** What of it is wanted; with hundreds of functions, all is too much to read. */
export interface MapFilter {
  readonly event?: string | undefined;
  readonly function?: string | undefined;
}

/**
 * Narrowed to an event: it, the functions that react to it, and what they come to. Narrowed to a function: it, the events
 * that it reacts to, and what it comes to.
 */
export function mapOf<Mapped extends FunctionDescription>(
  functions: readonly Mapped[],
  only: MapFilter = {},
): SystemMap<Mapped> {
  const shown = functions.filter(
    ({ name, reactsTo }) =>
      (only.function === undefined || name === only.function) &&
      (only.event === undefined || reactsTo.includes(only.event)),
  );
  const types = new Set([
    ...Object.keys(EVENT_DATA),
    ...Object.keys(VIEWS_OF_USER_EVENTS),
    ...functions.flatMap(({ reactsTo }) => reactsTo),
  ]);
  const isWhole = only.event === undefined && only.function === undefined;
  const isShown = (type: string): boolean =>
    isWhole ||
    type === only.event ||
    shown.some(
      ({ reactsTo, sends }) =>
        (only.event === undefined && reactsTo.includes(type)) ||
        sends.some((command) => eventOf(command) === type),
    );
  return {
    events: [...types].filter(isShown).map((type) => ({
      type,
      commands: Object.keys(COMMAND_EVENTS).filter((command) => eventOf(command) === type),
      views: isKnownEventType(type) ? viewsOf(type) : (VIEWS_OF_USER_EVENTS[type] ?? []),
      functions: shown.filter(({ reactsTo }) => reactsTo.includes(type)).map(({ name }) => name),
    })),
    functions: shown,
  };
}

function eventOf(command: string): string | undefined {
  return Object.entries(COMMAND_EVENTS).find(([name]) => name === command)?.[1];
}
