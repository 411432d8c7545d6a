// Operations: how the service is, and what can be done about it.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Problem } from "../../../client/problem.ts";
import { act, read } from "../../api/service.ts";
import { useResource } from "../../api/use-resource.ts";
import { walkAddress } from "../../parts/addresses.ts";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Panel } from "../../parts/panel.tsx";
import { StatusFigures } from "../../parts/status-figures.tsx";
import { NewestWalks } from "./newest-walks.tsx";
import { OperationsScreen } from "./operations-screen.tsx";

const OPERATIONS_HREF = "/v1/operations";

const ALL_FIGURES = [
  "events",
  "median",
  "p99",
  "unpublished",
  "backlog",
  "repairs",
  "dead",
  "parked",
  "inbox",
  "streams",
  "verified",
] as const;

type Asked = "rebuild" | "verification" | "mending";

export function Operations() {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <OperationsScreen title="Operations" lead="How the service is, and what can be done about it.">
      <StatusFigures title="Status" of={ALL_FIGURES} />
      <div class="operation-columns">
        <Panel title="Verify">
          <div class="operation">
            <p>
              Compares every account, total and event of the views with the logs, while everything goes on.
              Views are only ever copies: mending makes a row what its log says.
            </p>
            <div class="operation-buttons">
              <Button onClick={() => setAsked("verification")}>Verify</Button>
              <Button onClick={() => setAsked("mending")}>Verify and mend</Button>
            </div>
          </div>
        </Panel>
        <Panel title="Rebuild">
          <div class="operation">
            <p>
              Folds every view anew from the logs, account by account, in place: queries go on being answered
              all the while. For after a change of what an event means, or a lost database.
            </p>
            <div class="operation-buttons">
              <Button onClick={() => setAsked("rebuild")}>Rebuild</Button>
            </div>
          </div>
        </Panel>
      </div>
      <NewestWalks />
      {asked === null ? null : <Start what={asked} onClose={() => setAsked(null)} />}
    </OperationsScreen>
  );
}

const QUESTIONS: Readonly<Record<Asked, { readonly title: string; readonly action: string }>> = {
  rebuild: { title: "Rebuild every view?", action: "Rebuild" },
  verification: { title: "Compare every view with the logs?", action: "Verify" },
  mending: { title: "Compare every view with the logs, and mend it?", action: "Verify and mend" },
};

function Start({ what, onClose }: { what: Asked; onClose: () => void }) {
  const { route } = useLocation();
  const status = useResource<"getStatus">("/v1/operations/status").value;

  async function start(): Promise<Problem | null> {
    const root = await read<"getOperations">(OPERATIONS_HREF);
    if (!root.ok) return root.problem;
    const { rebuilds, verifications } = root.value._links;
    const started =
      what === "rebuild"
        ? await act<"startRebuild">("POST", rebuilds.href, {})
        : await act<"startVerification">("POST", verifications.href, { repair: what === "mending" });
    if (!started.ok) return started.problem;
    route(walkAddress(started.value._links.self.href));
    return null;
  }
  return (
    <Confirm {...QUESTIONS[what]} onConfirm={start} onClose={onClose}>
      <p>
        It reads every log once
        {status === null ? "" : `: ${status.feedPosition.toLocaleString()} events`}. One that goes on already
        is joined instead.
      </p>
    </Confirm>
  );
}
