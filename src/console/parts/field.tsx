// Something to fill in: its label, what helps to do so, and what is wrong with it.

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./field.css";

interface Attributes {
  readonly id: string;
  readonly class: "input";
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  /** Seen by a screen reader alone, where the place says what it is. */
  readonly isLabelHidden?: boolean;
  /** The input, with the attributes that tie it to its label: `{(attributes) => <input {...attributes} … />}`. */
  readonly children: (attributes: Attributes) => ComponentChildren;
}

export function Field({ label, hint, error, isLabelHidden = false, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={isLabelHidden ? "unseen" : "field-label"}>
        {label}
      </label>
      {children({
        id,
        class: "input",
        "aria-describedby": `${id}-about`,
        "aria-invalid": error !== undefined,
      })}
      <p id={`${id}-about`} class={error === undefined ? "field-hint" : "field-error"}>
        {error ?? hint}
      </p>
    </div>
  );
}
