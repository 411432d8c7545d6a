// One has to sign in first; then one comes back to where one wanted to go.

import { useState } from "preact/hooks";
import { loadSignIn } from "../../api/load-sign-in.ts";
import { sessionEnd } from "../../api/session.ts";
import { Button } from "../../parts/button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Screen } from "../../parts/screen.tsx";

interface SignedOutProps {
  readonly issuer: string;
  /** Why the last attempt came to nothing; null without one. */
  readonly refusal: string | null;
  readonly returnTo: string;
}

export function SignedOut({ issuer, refusal, returnTo }: SignedOutProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const host = new URL(issuer).host;

  async function leave(): Promise<void> {
    setIsBusy(true);
    try {
      const code = await loadSignIn();
      if (code === null) setProblem("A part of this page could not be loaded");
      else await code.beginSignIn(returnTo);
    } catch (error) {
      setProblem(`${host} does not answer as it should: ${error instanceof Error ? error.message : error}`);
    }
    // Also where one is on the way: who comes back by the browser's button finds the page as it was.
    setIsBusy(false);
  }
  return (
    <Screen title="Sign in" lead="Accounts are shown to those alone who may see them.">
      <Panel title={sessionEnd.value === "expired" ? "Your sign-in has ended" : "You are not signed in"}>
        <div class="sign-in">
          {refusal === null ? null : (
            <p class="sign-in-refusal" role="alert">
              That did not work: {refusal}.
            </p>
          )}
          {problem === null ? null : (
            <p class="sign-in-refusal" role="alert">
              {problem}.
            </p>
          )}
          <p>
            You sign in with <strong>{host}</strong>, and come back to{" "}
            {returnTo === "/" ? "the overview" : <code>{returnTo}</code>}.
          </p>
          <Button kind="primary" isBusy={isBusy} onClick={leave}>
            Sign in
          </Button>
        </div>
      </Panel>
    </Screen>
  );
}
