// The search by number, and the filters over the list. A choice counts at once; what is typed, with Enter or on leaving.

import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../../client/problem.ts";
import { Button, ButtonLink } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { STATUSES, wordsOf } from "../../parts/words.ts";
import { filterError, isNarrowed, listAddress, type Narrowed, NOT_NARROWED } from "./narrowed.ts";

interface FiltersProps {
  readonly narrowed: Narrowed;
  /** Of what was asked for so: it may be about one of them. */
  readonly problem: Problem | null;
  readonly onNarrow: (to: Narrowed) => void;
}

export function Filters({ narrowed, problem, onNarrow }: FiltersProps) {
  const filter = (changes: Partial<Narrowed>): void => onNarrow({ ...narrowed, number: "", ...changes });
  return (
    <search>
      <form class="filters" aria-label="Accounts" onSubmit={(event) => event.preventDefault()}>
        <TypedFilter
          label="Account number"
          value={narrowed.number}
          error={filterError(problem, "accountNumber")}
          onType={(number) => onNarrow({ ...NOT_NARROWED, number })}
        />
        <TypedFilter
          label="User"
          isNumber
          value={narrowed.user}
          error={filterError(problem, "userId")}
          onType={(user) => filter({ user })}
        />
        <Choice
          label="Status"
          value={narrowed.status}
          options={STATUSES.map((status) => [status, wordsOf(status)])}
          error={filterError(problem, "status")}
          onChoose={(status) => filter({ status })}
        />
        <Choice
          label="Default"
          value={narrowed.default}
          options={[
            ["true", "Default"],
            ["false", "Not default"],
          ]}
          error={filterError(problem, "defaultAccount")}
          onChoose={(chosen) => filter({ default: chosen })}
        />
        <div class="filters-buttons">
          <Button type="submit">Find</Button>
          {isNarrowed(narrowed) ? (
            <ButtonLink kind="quiet" href={listAddress(NOT_NARROWED)}>
              Clear
            </ButtonLink>
          ) : null}
        </div>
      </form>
    </search>
  );
}

interface FilterProps {
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
}

interface TypedFilterProps extends FilterProps {
  readonly isNumber?: boolean;
  readonly onType: (value: string) => void;
}

function TypedFilter({ label, value, error, isNumber = false, onType }: TypedFilterProps) {
  // What is being typed is nobody else's to change; a step back in the history is.
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={typed}
          inputMode={isNumber ? "numeric" : "text"}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onChange={(event) => onType(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  );
}

interface ChoiceProps extends FilterProps {
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, error, onChoose }: ChoiceProps) {
  return (
    <Field label={label} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="">Any</option>
          {options.map(([option, words]) => (
            <option key={option} value={option}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
