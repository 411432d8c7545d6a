// The console as a whole: the frame, and in it the screen that the address names, once one is signed in who has to be.

import { useState } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { isSignedOut } from "./api/session.ts";
import { Broken } from "./parts/failure.tsx";
import { Frame } from "./parts/frame.tsx";
import { lazyScreen } from "./parts/lazy-screen.tsx";
import { Loading } from "./parts/loading.tsx";
import { loadNotFound, loadSignIn, SCREENS, WITHIN_CONSOLE } from "./screens.ts";

const ROUTES = SCREENS.map(({ path, load }) => ({ path, component: lazyScreen(load) }));
const SignIn = lazyScreen(loadSignIn);
const NotFound = lazyScreen(loadNotFound);

export function App() {
  const [broken, setBroken] = useState(false);
  const [hasOpened, setHasOpened] = useState(false);
  return (
    <LocationProvider scope={WITHIN_CONSOLE}>
      <Frame>
        {broken ? <Broken /> : null}
        {hasOpened || broken ? null : <Loading rows={6} />}
        <ErrorBoundary onError={() => setBroken(true)}>
          <Router
            key={isSignedOut.value ? "signed-out" : "signed-in"}
            onRouteChange={() => setBroken(false)}
            onLoadEnd={() => setHasOpened(true)}
          >
            {(isSignedOut.value ? [] : ROUTES).map(({ path, component }) => (
              <Route key={path} path={path} component={component} />
            ))}
            <Route default component={isSignedOut.value ? SignIn : NotFound} />
          </Router>
        </ErrorBoundary>
      </Frame>
    </LocationProvider>
  );
}
