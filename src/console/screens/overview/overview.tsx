// The whole system at a glance: accounts by status, how late the views are, what waits, and what happens right now.

import { Screen } from "../../parts/screen.tsx";
import { AccountsByStatus } from "./accounts-by-status.tsx";
import { LiveFeed } from "./live-feed.tsx";
import { SystemFigures } from "./system-figures.tsx";
import { ThroughputPanel } from "./throughput.tsx";
import "./overview.css";

export function Overview() {
  return (
    <Screen
      title="Overview"
      lead="Every account is the sum of its events. This is where they stand, and what happens now."
    >
      <SystemFigures />
      <div class="overview-columns">
        <div class="overview-column">
          <ThroughputPanel />
          <AccountsByStatus />
        </div>
        <LiveFeed />
      </div>
    </Screen>
  );
}
