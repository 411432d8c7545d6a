// The console as a whole: the frame, and in it the screen that the address names.

import { useState } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router } from "preact-iso";
import { Broken } from "./parts/failure.tsx";
import { Frame } from "./parts/frame.tsx";
import { Loading } from "./parts/loading.tsx";
import { NotFound, SCREENS, WITHIN_CONSOLE } from "./screens.ts";

export function App() {
  const [broken, setBroken] = useState(false);
  const [hasOpened, setHasOpened] = useState(false);
  return (
    <LocationProvider scope={WITHIN_CONSOLE}>
      <Frame>
        {broken ? <Broken /> : null}
        {hasOpened || broken ? null : <Loading rows={6} />}
        <ErrorBoundary onError={() => setBroken(true)}>
          <Router onRouteChange={() => setBroken(false)} onLoadEnd={() => setHasOpened(true)}>
            {SCREENS.map(({ path, component }) => (
              <Route key={path} path={path} component={component} />
            ))}
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </Frame>
    </LocationProvider>
  );
}
