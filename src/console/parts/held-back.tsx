// Rows that came since a list was opened wait until they are asked for: they would move others from under a pointer.

import { useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";

interface HeldBack<Row> {
  /** Those that the list began with, each in its place, as they are now; as they were last, where newer ones took their page. */
  readonly shown: readonly Row[];
  /** How many came since. */
  readonly others: number;
  readonly showOthers: () => void;
}

/**
 * Another address is another list. `isPushed`: whether a row that is missing was pushed behind the last one by those that came,
 * and stays; else it is gone.
 */
export function useHeldBack<Row>(
  href: string,
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
  isPushed: (row: Row, last: Row) => boolean = () => false,
): HeldBack<Row> {
  const [begun, setBegun] = useState<{ href: string; keys: readonly (string | number)[] }>({
    href,
    keys: [],
  });
  const seen = useRef(new Map<string | number, Row>());
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const last = rows.at(-1);
  const shown: Row[] = [];
  for (const key of begun.href === href ? begun.keys : []) {
    const before = seen.current.get(key);
    const isPushedOff = before !== undefined && last !== undefined && isPushed(before, last);
    const row = byKey.get(key) ?? (isPushedOff ? before : undefined);
    if (row === undefined) continue;
    shown.push(row);
    seen.current.set(key, row);
    byKey.delete(key);
  }
  const showOthers = () => setBegun({ href, keys: rows.map(keyOf) });
  // Nothing is there yet to be moved.
  if (shown.length === 0 && rows.length > 0) showOthers();
  return { shown, others: byKey.size, showOthers };
}

/** First among a panel's actions: there it moves no other. */
export function ShowOthers({ of: { others, showOthers } }: { of: Omit<HeldBack<unknown>, "shown"> }) {
  return others === 0 ? null : <Button onClick={showOthers}>Show {others} more</Button>;
}
