// Which events of the feed someone asks for. The table's file has the same filter in SQL.

import type { RecordedAccountEvent } from "../account/events.ts";

/** What is not named here is not filtered by. */
export interface FeedFilter {
  readonly types?: readonly string[] | undefined;
  readonly accountNumber?: string | undefined;
  readonly userId?: number | undefined;
}

interface Owned {
  readonly event: RecordedAccountEvent;
  readonly userId: number | null;
}

export function matches(filter: FeedFilter, { event, userId }: Owned): boolean {
  return (
    (filter.types === undefined || filter.types.includes(event.type)) &&
    (filter.accountNumber === undefined || filter.accountNumber === event.accountNumber) &&
    (filter.userId === undefined || filter.userId === userId)
  );
}
