// What a screen shows is named by its address: filters are parameters, so that every view of them is a link.

import { useCallback } from "preact/hooks";
import { useLocation } from "preact-iso";

type Query = Readonly<Record<string, string | undefined>>;

/**
 * `const [{ status = "" }, setQuery] = useQuery()`. What is set to "" leaves the address. `isReplacing` leaves no step in
 * the history, for what is changed many times in a row, or is over: the way back does not lead into it again.
 */
export function useQuery(): [Query, (changes: Query, isReplacing?: boolean) => void] {
  const { path, query, route } = useLocation();
  const setQuery = useCallback(
    (changes: Query, isReplacing = false) => route(hrefWith(path, { ...query, ...changes }), isReplacing),
    [path, query, route],
  );
  return [query, setQuery];
}

/** An address with those parameters that say something. */
export function hrefWith(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(name, value);
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
