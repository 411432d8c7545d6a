// Who one is here, what one may do, and the way out.

import { useState } from "preact/hooks";
import { endSession, type Session } from "../../api/session.ts";
import { Button } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Screen } from "../../parts/screen.tsx";
import { Time } from "../../parts/time.tsx";

/** The service's scopes, in the words of the README. */
const MEANINGS: Readonly<Record<string, string>> = {
  "accounts:read": "see every account, its events, and the totals",
  "accounts:write": "send every command",
  "accounts:operate": "operate: replay, rebuild, verify, subscribe",
  "accounts:self": "see and command your own accounts",
  "inbox:write": "send events of other services",
};

export function SignedIn({ session, issuer }: { session: Session; issuer: string }) {
  const [isBusy, setIsBusy] = useState(false);
  const { name, scope } = session;
  const granted = scope.split(" ").filter((one) => one in MEANINGS);

  async function leave(): Promise<void> {
    setIsBusy(true);
    const next = await import("../../api/sign-in.ts").then(
      ({ endAtIssuer }) => endAtIssuer(session),
      // Not even that could be loaded: one is signed out here all the same.
      () => null,
    );
    endSession();
    // As another page, which remembers nothing of what was shown.
    if (next !== null) location.assign(next);
  }
  return (
    <Screen
      title="Your sign-in"
      actions={
        <Button isBusy={isBusy} onClick={leave}>
          Sign out
        </Button>
      }
    >
      <Panel title={name}>
        <dl class="sign-in sign-in-facts">
          <dt>Signed in with</dt>
          <dd>{new URL(issuer).host}</dd>
          <dt>Until</dt>
          <dd>
            <Until session={session} />
          </dd>
          <dt>You may</dt>
          <dd>
            {granted.length === 0 ? "do nothing here: no scope of this service was granted" : null}
            <ul>
              {granted.map((one) => (
                <li key={one}>
                  {MEANINGS[one]} <code>{one}</code>
                </li>
              ))}
            </ul>
          </dd>
        </dl>
      </Panel>
    </Screen>
  );
}

function Until({ session: { expiresAt, refreshToken } }: { session: Session }) {
  if (refreshToken !== null) return "you sign out: it renews itself";
  return expiresAt === null ? "its token ends: the issuer does not say when" : <Time at={expiresAt} />;
}
