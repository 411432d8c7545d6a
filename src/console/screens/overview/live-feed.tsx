// The newest events of all accounts, as they happen.

import type { FeedItem } from "../../../http/representations.ts";
import { connection, recentEvents } from "../../api/feed.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Time } from "../../parts/time.tsx";
import { wordsOf } from "../../parts/words.ts";

/** More than a screen shows is for the accounts' own screens. */
const SHOWN = 30;

export function LiveFeed() {
  const shown = recentEvents.value.slice(0, SHOWN);
  return (
    <Panel title="Live feed" actions="newest first">
      <div class="feed-place">
        {shown.length === 0 ? <NoEvents /> : null}
        <ol class="feed">
          {shown.map((item) => (
            <FeedLine key={item.position} of={item} />
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function NoEvents() {
  if (connection.value === "connecting") return <Loading rows={8} what="Opening the live feed" />;
  return <Empty title="No events yet">Each event of each account is shown here as it happens.</Empty>;
}

function FeedLine({ of: { accountNumber, type, createdAt } }: { of: FeedItem }) {
  return (
    <li>
      <Time at={createdAt} form="clock" />
      <span class="feed-type">{wordsOf(type)}</span>
      <a class="mono feed-account" href={`/accounts/${accountNumber}`}>
        {accountNumber}
      </a>
    </li>
  );
}
