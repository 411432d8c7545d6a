// An address that no screen has.

import { useLocation } from "preact-iso";
import { ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Screen } from "../../parts/screen.tsx";

export function NotFound() {
  const { path } = useLocation();
  return (
    <Screen title="Not found">
      <Empty title="Nothing is here">
        <p>
          No screen has the address <code>{path}</code>.
        </p>
        <ButtonLink href="/">To the overview</ButtonLink>
      </Empty>
    </Screen>
  );
}
