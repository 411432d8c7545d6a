// All accounts, newest first: found by number, narrowed by user, status and default, opened, and a form for another one.

import { usePresentAccount } from "../../api/present-account.ts";
import { useQuery } from "../../api/use-query.ts";
import { ANY_EVENT, useResource } from "../../api/use-resource.ts";
import { Button } from "../../parts/button.tsx";
import { Screen } from "../../parts/screen.tsx";
import { AccountsPage, OneAccount } from "./accounts-page.tsx";
import { CreateAccount } from "./create-account.tsx";
import { Filters } from "./filters.tsx";
import { pageHref } from "./narrowed.ts";
import "./accounts.css";

export function Accounts() {
  const [query, setQuery] = useQuery();
  const { number = "", user = "", status = "", default: isDefault = "", cursor = "" } = query;
  const narrowed = { number, user, status, default: isDefault };
  const href = pageHref(narrowed, cursor);
  const page = useResource<"listAccounts">(number === "" ? href : null, { onEvent: ANY_EVENT });
  const one = usePresentAccount(number === "" ? null : number);
  return (
    <Screen
      title="Accounts"
      lead="Newest first, and kept up to date while you look."
      actions={
        <Button kind="primary" aria-haspopup="dialog" onClick={() => setQuery({ create: "yes" })}>
          New account
        </Button>
      }
    >
      <Filters
        narrowed={narrowed}
        problem={number === "" ? page.problem : one.problem}
        onNarrow={(to) => setQuery({ ...to, cursor: "" })}
      />
      {number === "" ? (
        <AccountsPage href={href} of={page} narrowed={narrowed} cursor={cursor} />
      ) : (
        <OneAccount of={one} number={number} />
      )}
      {query.create === undefined ? null : (
        <CreateAccount
          accountNumber={query.as ?? ""}
          userId={user}
          onClose={() => setQuery({ create: "", as: "" }, true)}
        />
      )}
    </Screen>
  );
}
