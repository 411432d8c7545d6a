// Where no account is: a number that nobody has, or none that an account can have.

import type { Problem } from "../../../client/problem.ts";
import { createAddress } from "../../parts/addresses.ts";
import { ButtonLink } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Screen } from "../../parts/screen.tsx";

export function NoSuchAccount({ accountNumber, problem }: { accountNumber: string; problem: Problem }) {
  const isPossible = problem.code === "account-not-found";
  return (
    <Screen title={`Account ${accountNumber}`}>
      <Empty
        title={isPossible ? `No account has the number ${accountNumber}` : "No account can have this number"}
      >
        <p>
          {isPossible
            ? "It was never opened, or it is not yours to see."
            : `An account number has ${problem.detail.toLowerCase()}.`}
        </p>
        <p class="notice-buttons">
          {isPossible ? (
            <ButtonLink kind="primary" href={createAddress(accountNumber)}>
              Open an account with this number
            </ButtonLink>
          ) : null}
          <ButtonLink href="/accounts">To all accounts</ButtonLink>
        </p>
      </Empty>
    </Screen>
  );
}
