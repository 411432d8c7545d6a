// What a walk found, as far as it is: the first of it with the walk itself, and all of it page by page.

import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { nextPage } from "../../api/pages.ts";
import type { Answer } from "../../api/service.ts";
import { hrefWith, useQuery } from "../../api/use-query.ts";
import { useResource } from "../../api/use-resource.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Pager } from "../../parts/table.tsx";
import { plural } from "../../parts/words.ts";
import { Differences } from "./differences.tsx";

type Walk = Answer<"getRebuild"> | Answer<"getVerification">;

/** Which of them differ from one reading to the next, while the walk goes on. */
const READ_EVERY_MS = 5_000;

export function Found({ of: walk }: { of: Walk }) {
  const [page] = useQuery();
  const { differences, found, status } = walk;
  const isPaged = Object.keys(page).length > 0 || differences.length < found;
  return (
    <Panel
      title={"repair" in walk ? "Differences" : "What could not be rebuilt"}
      actions={plural(found, "difference")}
    >
      {isPaged ? <Page of={walk} page={page} /> : null}
      {!isPaged && differences.length > 0 ? <Differences of={differences} /> : null}
      {isPaged || differences.length > 0 ? null : (
        <Empty title={status === "running" ? "None so far" : "Views and logs agree"}>
          {status === "running" ? "Each is shown as it is found." : null}
        </Empty>
      )}
    </Panel>
  );
}

function Page({ of: walk, page }: { of: Walk; page: Readonly<Record<string, string | undefined>> }) {
  const { path } = useLocation();
  const href = hrefWith(walk._links.differences.href, page);
  const isRunning = walk.status === "running";
  const freshness = isRunning ? { everyMs: READ_EVERY_MS } : {};
  const differences = useResource<"listVerificationDifferences">(href, freshness);
  const { refresh } = differences;
  // Once more when it ends: some were found since the last reading.
  useEffect(() => (isRunning ? refresh : undefined), [isRunning, refresh]);
  return (
    <Shown of={differences}>
      {({ items, _links: links }) => (
        <>
          {items.length === 0 ? <Empty title="No more of them" /> : <Differences of={items} />}
          <Pager first={Object.keys(page).length === 0 ? null : path} next={nextPage(path, links)} />
        </>
      )}
    </Shown>
  );
}
