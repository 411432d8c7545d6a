// Holding a list still while a pointer or a keyboard is in it. What is new comes in at the top, and would move the others from
// under the one or away from the other.

import { useState } from "preact/hooks";

interface Hold<Now> {
  /** As it was when the pointer came, or is now where none is there. */
  readonly held: Now;
  /** Of the element around the list. */
  readonly attributes: {
    readonly onPointerMove: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocusIn: (event: FocusEvent) => void;
    readonly onFocusOut: (event: FocusEvent & { readonly currentTarget: Element }) => void;
  };
}

export function useHold<Now>(now: Now): Hold<Now> {
  const [held, setHeld] = useState<{ readonly as: Now } | null>(null);
  const begin = () => setHeld((already) => already ?? { as: now });
  const end = () => setHeld(null);
  return {
    held: held === null ? now : held.as,
    attributes: {
      onPointerMove: begin,
      onPointerLeave: end,
      onFocusIn: ({ target }) => {
        // A click leaves the focus behind, and goes on elsewhere.
        if (target instanceof Element && target.matches(":focus-visible")) begin();
      },
      onFocusOut: ({ currentTarget, relatedTarget }) => {
        const isWithin = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!isWithin) end();
      },
    },
  };
}
