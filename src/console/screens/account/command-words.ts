// How each command is said: on its button, when it is asked for, and when it is done.

import type { TransitionName } from "../../../account/commands.ts";

/**
 * Places for buttons, in their order. An account takes at most one command of each place at a time. The first stays empty most
 * often, and what can't be taken back stands last.
 */
const PLACES = [0, 1, 2, 3] as const;

interface CommandWords {
  readonly place: (typeof PLACES)[number];
  readonly button: string;
  readonly done: string;
  /** It is asked for once more, for a reason where it takes one. */
  readonly asks: boolean;
  readonly takesReason: boolean;
  readonly isDanger: boolean;
  /** What it means, where it is asked for. */
  readonly meaning?: string;
}

const AT_ONCE = { asks: false, takesReason: false, isDanger: false };
const WITH_REASON = { asks: true, takesReason: true, isDanger: false };

export const COMMANDS: Readonly<Record<TransitionName, CommandWords>> = {
  confirm: { ...AT_ONCE, place: 2, button: "Confirm", done: "confirmed" },
  activate: { ...AT_ONCE, place: 2, button: "Activate", done: "active" },
  "make-default": { ...AT_ONCE, place: 1, button: "Make default", done: "its user's default" },
  "clear-default": { ...AT_ONCE, place: 1, button: "Clear default", done: "no longer the default" },
  suspend: {
    ...WITH_REASON,
    place: 2,
    button: "Suspend",
    done: "suspended",
    meaning: "It can be activated again.",
  },
  archive: {
    ...WITH_REASON,
    place: 0,
    button: "Archive",
    done: "archived",
    meaning: "It can be activated again.",
  },
  close: {
    ...WITH_REASON,
    place: 3,
    isDanger: true,
    button: "Close",
    done: "closed",
    meaning: "This is for good: a closed account takes no command any more. Its history stays.",
  },
};

/** The commands of each place. */
export const TAKING_TURNS: readonly (readonly TransitionName[])[] = PLACES.map((place) =>
  (Object.keys(COMMANDS) as TransitionName[]).filter((name) => COMMANDS[name].place === place),
);
