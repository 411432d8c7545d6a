// A subscription's secret, which the service says once. It is kept here until somebody has it, whatever happens to the screen.

import { signal } from "@preact/signals";

interface ShownSecret {
  readonly secret: string;
  /** What else is to be known of it. */
  readonly note: string;
  readonly onTaken?: () => void;
}

/** Null where none is shown. */
export const shownSecret = signal<ShownSecret | null>(null);
