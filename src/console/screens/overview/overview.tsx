// The whole system at a glance: accounts by status, how late the views are, what waits, and what happens right now.

import { Screen } from "../../parts/screen.tsx";
import { StatusFigures } from "../../parts/status-figures.tsx";
import { AccountsByStatus } from "./accounts-by-status.tsx";
import { LiveFeed } from "./live-feed.tsx";
import { ThroughputPanel } from "./throughput.tsx";
import "./overview.css";

const FIGURES = ["events", "median", "p99", "backlog", "unpublished", "parked"] as const;

export function Overview() {
  return (
    <Screen
      title="Overview"
      lead="Every account is the sum of its events. This is where they stand, and what happens now."
    >
      <StatusFigures title="Processing" of={FIGURES} />
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
