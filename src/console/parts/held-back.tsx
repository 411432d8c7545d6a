// Rows that came since a list was opened wait until they are asked for: they would move others from under a pointer.

import { useState } from "preact/hooks";
import { Button } from "./button.tsx";

interface HeldBack<Row> {
  /** Those that the list began with, each in its place, as they are now. */
  readonly shown: readonly Row[];
  /** How many came since. */
  readonly others: number;
  readonly showOthers: () => void;
}

/** Another address is another list. */
export function useHeldBack<Row>(
  href: string,
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
): HeldBack<Row> {
  const [begun, setBegun] = useState<{ href: string; keys: readonly (string | number)[] }>({
    href,
    keys: [],
  });
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const keys = begun.href === href ? begun.keys : [];
  const shown = keys.flatMap((key) => {
    const row = byKey.get(key);
    return row === undefined ? [] : [row];
  });
  const showOthers = () => setBegun({ href, keys: [...byKey.keys()] });
  // Nothing is there yet to be moved.
  if (shown.length === 0 && rows.length > 0) showOthers();
  return { shown, others: rows.length - shown.length, showOthers };
}

/** First among a panel's actions: there it moves no other. */
export function ShowOthers({ of: { others, showOthers } }: { of: Omit<HeldBack<unknown>, "shown"> }) {
  return others === 0 ? null : <Button onClick={showOthers}>Show {others} more</Button>;
}
