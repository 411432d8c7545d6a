// Trying again whatever a function is parked for.

import type { Problem, Result } from "../../../client/problem.ts";
import { type Answer, act, read } from "../../api/service.ts";
import { hrefWith } from "../../api/use-query.ts";
import { toast } from "../../parts/toast.tsx";
import { plural } from "../../parts/words.ts";

/** Account after account, and says what it came to. Null where each was tried, whatever that is. */
export async function replayFunction(name: string, parkedHref: string): Promise<Problem | null> {
  const replays: string[] = [];
  // First all of them: what is replayed leaves the list, and would move its pages.
  for (let next: string | undefined = hrefWith(parkedHref, { function: name }); next !== undefined; ) {
    const page: Result<Answer<"listParked">> = await read<"listParked">(next);
    if (!page.ok) return page.problem;
    replays.push(...page.value.items.flatMap(({ _links: { replay } }) => replay?.href ?? []));
    next = page.value._links.next?.href;
  }
  let stuck = 0;
  for (const href of replays) {
    const replayed = await act<"replayParked">("POST", href);
    // It may be replayed by somebody else by now.
    if (!replayed.ok && replayed.problem.code !== "not-found") return replayed.problem;
    if (replayed.ok && replayed.value.parked) stuck += 1;
  }
  // A function is told of what the views have, and of nothing else.
  const exception = `not tried again for ${plural(stuck, "account")}, whose own events can't be applied`;
  if (stuck > 0) toast(`${name} is ${exception}`, "bad");
  else toast(`${name} is tried again`);
  return null;
}
