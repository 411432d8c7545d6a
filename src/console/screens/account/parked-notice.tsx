// Where an account's processing is stuck: why, and another attempt.

import { useEffect } from "preact/hooks";
import { act } from "../../api/service.ts";
import { hrefWith } from "../../api/use-query.ts";
import { useResource } from "../../api/use-resource.ts";
import { ActionButton, ButtonLink } from "../../parts/button.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { toast } from "../../parts/toast.tsx";

/** Parking and its end are told by no event. */
const READ_EVERY_MS = 10_000;

interface ParkedNoticeProps {
  readonly accountNumber: string;
  /** Each time that it is seen to be so: what happens to the account is not in the feed then. */
  readonly onStuck: () => void;
}

/** Nothing where nothing is parked, and to whoever may not see what is. */
export function ParkedNotice({ accountNumber, onStuck }: ParkedNoticeProps) {
  const href = hrefWith("/v1/operations/parked", { accountNumber });
  const parked = useResource<"listParked">(href, { everyMs: READ_EVERY_MS });
  const [found] = parked.value?.items ?? [];
  useEffect(() => {
    if (found !== undefined) onStuck();
  }, [found, onStuck]);
  if (found === undefined) return null;

  async function replay(href: string): Promise<void> {
    const result = await act<"replayParked">("POST", href);
    if (result.ok) toast(`Account ${accountNumber} is tried again`);
    else toast(problemWords(result.problem).title, "bad");
    parked.refresh();
  }
  const { replay: link } = found._links;
  return (
    <section class="parked" data-tone="bad" aria-label="Parked">
      <div>
        <p class="parked-title">
          {found.function === null
            ? "Parked: lists and the feed show this account as it was before"
            : `Parked: the function ${found.function} fails for this account`}
          {found.version === null ? "" : `, at version ${found.version}`}
        </p>
        <p class="parked-reason">{found.reason}</p>
      </div>
      <div class="parked-buttons">
        <ButtonLink href="/operations/parked">All that is parked</ButtonLink>
        {link === undefined ? null : <ActionButton onAct={() => replay(link.href)}>Try again</ActionButton>}
      </div>
    </section>
  );
}
