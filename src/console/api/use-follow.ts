// Each event as it happens, for a screen that shows some of them.

import { useEffect } from "preact/hooks";
import type { FeedItem } from "../../http/representations.ts";
import { onEvent } from "./feed.ts";

/** `listener` is called with every event; `useCallback` it. */
export function useFollow(listener: (item: FeedItem) => void): void {
  useEffect(() => onEvent(listener), [listener]);
}
