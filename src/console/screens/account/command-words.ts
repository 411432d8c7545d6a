// How each command is said: on its button, when it is asked for, and when it is done.

import type { TransitionName } from "../../../account/commands.ts";

interface CommandWords {
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
  confirm: { ...AT_ONCE, button: "Confirm", done: "confirmed" },
  activate: { ...AT_ONCE, button: "Activate", done: "active" },
  "make-default": { ...AT_ONCE, button: "Make default", done: "its user's default" },
  "clear-default": { ...AT_ONCE, button: "Clear default", done: "no longer the default" },
  suspend: {
    ...WITH_REASON,
    button: "Suspend",
    done: "suspended",
    meaning: "It can be activated again.",
  },
  archive: {
    ...WITH_REASON,
    button: "Archive",
    done: "archived",
    meaning: "It can be activated again.",
  },
  close: {
    ...WITH_REASON,
    isDanger: true,
    button: "Close",
    done: "closed",
    meaning: "This is for good: a closed account takes no command any more. Its history stays.",
  },
};

/**
 * In the order of the buttons. An account takes at most one of each row at a time. The first stays empty most often, and
 * what can't be taken back stands last.
 */
export const TAKING_TURNS: readonly (readonly TransitionName[])[] = [
  ["archive"],
  ["make-default", "clear-default"],
  ["confirm", "activate", "suspend"],
  ["close"],
];
