// An account as it was at a version: by which event, and what that changed.

import type { ComponentChildren } from "preact";
import type { Account } from "../../../account/account.ts";
import type { EventRepresentation } from "../../../http/representations.ts";
import { userAccountsAddress } from "../../parts/addresses.ts";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Status } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";
import { durationWords, numberWords, wordsOf } from "../../parts/words.ts";
import { reasonOf } from "./event-words.ts";
import type { Travelled } from "./use-state-at.ts";

interface StateProps {
  readonly version: number;
  /** The event of that version; null while it is read. */
  readonly event: EventRepresentation | null;
  readonly of: Travelled;
}

interface Member {
  readonly label: string;
  readonly name: keyof Account;
  readonly show: (account: Account) => ComponentChildren;
  /** What it was, where that says more in another way. */
  readonly change?: (before: Account, account: Account) => string;
}

const MEMBERS: readonly Member[] = [
  { label: "Status", name: "status", show: ({ status }) => <Status of={status} /> },
  { label: "Default", name: "defaultAccount", show: ({ defaultAccount }) => (defaultAccount ? "Yes" : "No") },
  {
    label: "User",
    name: "userId",
    show: ({ userId }) => <a href={userAccountsAddress(userId)}>{userId}</a>,
  },
  { label: "Opened", name: "createdAt", show: ({ createdAt }) => <Time at={createdAt} /> },
  {
    label: "Changed",
    name: "lastModified",
    show: ({ lastModified }) => <Time at={lastModified} />,
    change: (before, account) => `${durationWords(account.lastModified - before.lastModified)} later`,
  },
  { label: "Version", name: "version", show: ({ version }) => numberWords(version) },
];

export function State({ version, event, of: { shown, problem, retry } }: StateProps) {
  if (shown === null) {
    return problem === null ? <Loading rows={MEMBERS.length} /> : <Failure problem={problem} retry={retry} />;
  }
  const { state, before } = shown;
  return (
    <div class="state" aria-busy={state.version !== version}>
      <p class="state-event" role="status">
        <span class="state-event-type">{event === null ? `Version ${version}` : wordsOf(event.type)}</span>
        {event === null ? null : <EventLine of={event} />}
      </p>
      <table class="state-table">
        <caption class="unseen">
          The account at version {state.version}, and what that version changed
        </caption>
        <thead class="unseen">
          <tr>
            <th scope="col">Member</th>
            <th scope="col">At this version</th>
          </tr>
        </thead>
        <tbody>
          {MEMBERS.map(({ label, name, show, change }) => {
            const isChanged = before !== null && before[name] !== state[name];
            return (
              <tr key={name} data-changed={isChanged}>
                <th scope="row">{label}</th>
                <td>
                  <span class="state-value">{show(state)}</span>{" "}
                  {isChanged ? (
                    <span class="state-before">{change?.(before, state) ?? <>was {show(before)}</>}</span>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {problem === null ? null : <Failure problem={problem} retry={retry} />}
    </div>
  );
}

function EventLine({ of }: { of: EventRepresentation }) {
  const reason = reasonOf(of);
  return (
    <span class="state-event-about">
      <Time at={of.createdAt} />
      {reason === null ? null : <q>{reason}</q>}
    </span>
  );
}
