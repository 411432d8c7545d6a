// An event in the live feed.

import type { FeedItem } from "../../../http/representations.ts";
import { accountAddress } from "../../parts/addresses.ts";
import { Time } from "../../parts/time.tsx";
import { wordsOf } from "../../parts/words.ts";

export const LINE_HEIGHT_REM = 2.25;

/**
 * `line`: how many stand above it. It is moved there as a picture (`transform`), so that a new event, which moves all others, shifts
 * no layout.
 */
export function FeedLine({ of, line }: { of: FeedItem; line: number }) {
  const { accountNumber, type, version, createdAt } = of;
  return (
    <li style={{ transform: `translateY(${line * LINE_HEIGHT_REM}rem)` }}>
      <Time at={createdAt} form="clock" />
      <span class="feed-type">{wordsOf(type)}</span>
      <a class="mono feed-account" href={accountAddress(accountNumber, version)}>
        {accountNumber}
      </a>
    </li>
  );
}
