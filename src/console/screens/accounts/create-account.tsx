// The form that opens an account. What is wrong with a field is said at the field, by the service.

import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { CreateMembers, Problem } from "../../../client/client.ts";
import { client } from "../../api/service.ts";
import { accountAddress } from "../../parts/addresses.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { toast } from "../../parts/toast.tsx";

interface CreateAccountProps {
  /** To begin with. */
  readonly accountNumber: string;
  readonly userId: string;
  readonly onClose: () => void;
}

export function CreateAccount({ accountNumber, userId, onClose }: CreateAccountProps) {
  const { route } = useLocation();
  const [typed, setTyped] = useState({ accountNumber, userId, isDefault: false });
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // Sent again after no answer came, the same form opens no second account. Another form is another command.
  const idempotencyKey = useRef(crypto.randomUUID());

  const isThere = useRef(true);
  useEffect(
    () => () => {
      isThere.current = false;
    },
    [],
  );

  function type(changes: Partial<typeof typed>): void {
    idempotencyKey.current = crypto.randomUUID();
    setTyped({ ...typed, ...changes });
  }

  async function create(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    const result = await client.create(membersOf(typed), { idempotencyKey: idempotencyKey.current });
    setIsBusy(false);
    if (!result.ok) return setProblem(result.problem);
    const opened = result.value.account.accountNumber;
    toast(`Account ${opened} is opened`);
    // In place of the form: the way back leads to the list. Whoever went on meanwhile stays where they are.
    if (isThere.current) route(accountAddress(opened), true);
  }

  const numberTaken =
    problem?.code === "account-already-exists" ? "An account of this number exists" : undefined;
  const numberError = errorAt(problem, "/accountNumber") ?? numberTaken;
  const userError = errorAt(problem, "/userId");
  const isSaid = numberError !== undefined || userError !== undefined;
  return (
    <Dialog title="New account" isKept={isBusy} onClose={onClose}>
      <form class="fields" noValidate onSubmit={create}>
        <Field label="User" hint="The owner's id: a whole number" error={userError}>
          {(attributes) => (
            <input
              {...attributes}
              value={typed.userId}
              inputMode="numeric"
              autocomplete="off"
              required
              onInput={(input) => type({ userId: input.currentTarget.value })}
            />
          )}
        </Field>
        <Field
          label="Account number"
          hint="Left empty, one is made. 1 to 34 letters, digits or hyphens."
          error={numberError}
        >
          {(attributes) => (
            <input
              {...attributes}
              value={typed.accountNumber}
              autocomplete="off"
              spellcheck={false}
              onInput={(input) => type({ accountNumber: input.currentTarget.value })}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={typed.isDefault}
            onChange={(input) => type({ isDefault: input.currentTarget.checked })}
          />
          The default account of its user
        </label>
        {problem === null ? null : (
          <p class={isSaid ? "unseen" : "field-error"} role="alert">
            {problemWords(problem).title}. {problemWords(problem).detail}
          </p>
        )}
        <div class="dialog-buttons">
          <Button disabled={isBusy} onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            Open the account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What is not written as a whole number is sent as none: the service says what it takes. */
function membersOf({
  accountNumber,
  userId,
  isDefault,
}: {
  readonly accountNumber: string;
  readonly userId: string;
  readonly isDefault: boolean;
}): CreateMembers {
  const number = accountNumber.trim();
  return {
    userId: /^\d+$/.test(userId.trim()) ? Number(userId) : Number.NaN,
    defaultAccount: isDefault,
    ...(number === "" ? {} : { accountNumber: number }),
  };
}

/** By its JSON pointer. */
function errorAt(problem: Problem | null, pointer: string): string | undefined {
  if (problem?.code !== "invalid-request") return undefined;
  return problem.errors.find((error) => "pointer" in error && error.pointer === pointer)?.detail;
}
