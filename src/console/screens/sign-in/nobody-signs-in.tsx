// Where there is nobody to sign in with: because none is needed, or because none is configured yet.

import { isShut } from "../../api/service.ts";
import { useResource } from "../../api/use-resource.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Screen } from "../../parts/screen.tsx";

export function NobodySignsIn() {
  // Whether the service lets anybody in, only the service knows.
  const { problem, refresh } = useResource<"getRoot">("/v1");
  return (
    <Screen title="Sign in">
      {problem !== null && isShut.value ? (
        <Failure problem={problem} retry={refresh} />
      ) : (
        <Empty title="There is nothing to sign in to">
          <p>
            This service is open: whoever reaches its address may do anything. So it is on a developer's own
            machine. Once an issuer is configured, one signs in here.
          </p>
          <ButtonLink href="/">To the overview</ButtonLink>
        </Empty>
      )}
    </Screen>
  );
}
