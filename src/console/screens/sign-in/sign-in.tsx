// Signing in: the way to the issuer and back, and afterwards who one is and the way out.

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { session, startSession } from "../../api/session.ts";
import { SIGN_IN } from "../../api/sign-in-settings.ts";
import { Loading } from "../../parts/loading.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Screen } from "../../parts/screen.tsx";
import { NobodySignsIn } from "./nobody-signs-in.tsx";
import { SignedIn } from "./signed-in.tsx";
import { SignedOut } from "./signed-out.tsx";
import "./sign-in.css";

export function SignIn() {
  const { path, url } = useLocation();
  const [refused, setRefused] = useState<Refused | null>(null);
  if (SIGN_IN === null) return <NobodySignsIn />;
  if (session.value !== null) return <SignedIn session={session.value} issuer={SIGN_IN.issuer} />;
  const isBack = path === "/sign-in" && /[?&]state=/.test(url);
  if (isBack && refused === null) return <Arriving onRefusal={setRefused} />;
  const returnTo = refused?.returnTo ?? (path === "/sign-in" ? "/" : url);
  return <SignedOut issuer={SIGN_IN.issuer} refusal={refused?.refusal ?? null} returnTo={returnTo} />;
}

interface Refused {
  readonly refusal: string;
  readonly returnTo: string;
}

/** Back from the issuer, with a code that counts once. */
function Arriving({ onRefusal }: { onRefusal: (refused: Refused) => void }) {
  const { route } = useLocation();
  useEffect(() => {
    const address = new URL(location.href);
    // Whoever loads the page again has no use for the code, and nobody else is to see it.
    history.replaceState(null, "", address.pathname);
    void import("../../api/sign-in.ts")
      .then(({ finishSignIn }) => finishSignIn(address))
      .then((arrival) => {
        if ("refusal" in arrival) return onRefusal(arrival);
        // First to where one wanted to go, so that this screen does not come up again on the way.
        route(arrival.returnTo, true);
        startSession(arrival.signedIn);
      })
      .catch(() => onRefusal({ refusal: "a part of this page could not be loaded", returnTo: "/" }));
  }, [route, onRefusal]);
  return (
    <Screen title="Signing in">
      <Panel title="One moment">
        <Loading rows={3} what="Signing in" />
      </Panel>
    </Screen>
  );
}
