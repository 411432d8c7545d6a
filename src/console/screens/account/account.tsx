// One account: how it is and what it takes now, how it was at any version, and every event that made it so.

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { AccountRepresentation } from "../../../http/representations.ts";
import { usePresentAccount } from "../../api/present-account.ts";
import { useQuery } from "../../api/use-query.ts";
import { accountAddress, userAccountsAddress } from "../../parts/addresses.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Loading, Skeleton } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Screen } from "../../parts/screen.tsx";
import { Badge, Status } from "../../parts/status.tsx";
import { Time } from "../../parts/time.tsx";
import { numberWords } from "../../parts/words.ts";
import { Commands } from "./commands.tsx";
import { pageShown, wholeNumber, windowOf } from "./log-window.ts";
import { NoSuchAccount } from "./no-such-account.tsx";
import { ParkedNotice } from "./parked-notice.tsx";
import { State } from "./state.tsx";
import { Timeline } from "./timeline.tsx";
import { Trace } from "./trace.tsx";
import { Travel } from "./travel.tsx";
import { useEvents } from "./use-events.ts";
import { useStateAt } from "./use-state-at.ts";
import "./account.css";

/** Another account is another screen: nothing of the one before is kept. */
export function AccountScreen() {
  const { accountNumber = "" } = useRoute().params;
  return <AnAccount key={accountNumber} accountNumber={accountNumber} />;
}

function AnAccount({ accountNumber }: { accountNumber: string }) {
  const present = usePresentAccount(accountNumber);
  const { value: account, problem, refresh } = present;
  if (problem?.code === "account-not-found" || problem?.code === "invalid-request") {
    return <NoSuchAccount accountNumber={accountNumber} problem={problem} />;
  }
  return (
    <Screen
      title={`Account ${accountNumber}`}
      heading={<Heading accountNumber={accountNumber} account={account} />}
      lead={account === null ? <Skeleton width="20rem" /> : <Lead account={account} />}
      actions={account === null ? undefined : <Commands account={account} onDone={refresh} />}
    >
      <Shown of={present} loading={<Waiting />}>
        {(now) => <Life account={now} onStuck={refresh} />}
      </Shown>
    </Screen>
  );
}

function Heading({
  accountNumber,
  account,
}: {
  accountNumber: string;
  account: AccountRepresentation | null;
}) {
  return (
    <span class="account-heading">
      <span>
        Account <span class="mono">{accountNumber}</span>
      </span>
      {account === null ? <Skeleton width="5rem" /> : <Status of={account.status} />}
      {account?.defaultAccount ? <Badge tone="info">Default</Badge> : null}
    </span>
  );
}

function Lead({ account: { userId, createdAt, lastModified } }: { account: AccountRepresentation }) {
  return (
    <>
      Of <a href={userAccountsAddress(userId)}>user {userId}</a> · opened <Time at={createdAt} /> · changed{" "}
      <Time at={lastModified} form="relative" />
    </>
  );
}

/** Where one is in it stands in the address: `?version=`, and without it at the newest, which moves along. */
function Life({ account, onStuck }: { account: AccountRepresentation; onStuck: () => void }) {
  const { accountNumber, version: newest } = account;
  const [query, setQuery] = useQuery();
  // While the slider is held, the address waits: a browser takes only so many changes of it.
  const [held, setHeld] = useState<number | null>(null);
  const asked = wholeNumber(query.version);
  const version = held ?? Math.min(asked ?? newest, newest);
  const page = pageShown(newest, wholeNumber(query.page), version);
  const log = useEvents(accountNumber, windowOf(newest, page));
  const travelled = useStateAt(accountNumber, version);
  const traced = wholeNumber(query.trace);

  const travelTo = (to: number): void => {
    setHeld(null);
    setQuery({ version: to >= newest ? "" : String(to), page: "" }, true);
  };
  return (
    <div>
      <div class="account-columns">
        <Panel
          title="Through time"
          actions={
            version === newest ? (
              <>
                <span role="status">
                  {asked !== null && asked > newest ? `There is no version ${numberWords(asked)} yet` : null}
                </span>
                <Badge tone="good">Now</Badge>
              </>
            ) : (
              <ButtonLink href={accountAddress(accountNumber)}>Back to now</ButtonLink>
            )
          }
        >
          <Travel
            version={version}
            newest={newest}
            isHeld={held !== null}
            events={log.events}
            onHold={setHeld}
            onTravel={travelTo}
          />
          <State
            version={version}
            event={log.events.find((event) => event.version === version) ?? null}
            of={travelled}
          />
        </Panel>
        <Timeline log={log} newest={newest} page={page} version={version} />
      </div>
      <ParkedNotice accountNumber={accountNumber} onStuck={onStuck} />
      {traced === null ? null : (
        <Trace
          accountNumber={accountNumber}
          version={traced}
          nearby={log.events}
          onClose={() => setQuery({ trace: "" }, true)}
        />
      )}
    </div>
  );
}

/** As high as what comes. */
function Waiting() {
  return (
    <div class="account-columns">
      <Panel title="Through time">
        <Loading rows={9} what="Reading the account" />
      </Panel>
      <Panel title="Events">
        <Loading rows={9} what="Reading its events" />
      </Panel>
    </div>
  );
}
