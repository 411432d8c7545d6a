// Where there is nobody to sign in with: because none is needed, or because none is configured yet.

import { useResource } from "../../api/use-resource.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Shown } from "../../parts/resource.tsx";
import { Screen } from "../../parts/screen.tsx";

export function NobodySignsIn() {
  // Whether the service lets anybody in, only the service knows.
  const root = useResource<"getRoot">("/v1");
  return (
    <Screen title="Sign in">
      <Shown of={root}>
        {() => (
          <Empty title="There is nothing to sign in to">
            <p>
              This service is open: whoever reaches its address may do anything. So it is on a developer's own
              machine. Once an issuer is configured, one signs in here.
            </p>
            <ButtonLink href="/">To the overview</ButtonLink>
          </Empty>
        )}
      </Shown>
    </Screen>
  );
}
