// The decider: the one shape that every aggregate has. Pure: state and command in, events or a refusal out.

import type { ExpectedVersion } from "./expected-version.ts";

/** What a command comes to: events to append (at least one), or a refusal, which writes nothing. */
export type Decision<Event, Refusal> =
  | { readonly kind: "events"; readonly events: readonly [Event, ...Event[]] }
  | { readonly kind: "refusal"; readonly refusal: Refusal };

/**
 * An aggregate in three parts (Chassaing's decider, with the expected version as part of the question,
 * because its refusal has a place in the order of refusals).
 */
export interface Decider<State, Command, Event, Recorded, Refusal> {
  readonly initialState: State;
  readonly decide: (state: State, command: Command, expected: ExpectedVersion) => Decision<Event, Refusal>;
  /** Never throws on a log that `decide` produced, nor on an event type it does not know. */
  readonly evolve: (state: State, event: Recorded) => State;
}

export function fold<State, Recorded>(
  evolve: (state: State, event: Recorded) => State,
  state: State,
  events: Iterable<Recorded>,
): State {
  let folded = state;
  for (const event of events) folded = evolve(folded, event);
  return folded;
}
