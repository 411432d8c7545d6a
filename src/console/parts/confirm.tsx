// Asks before something is done, for a reason where one is taken, and says why it was refused.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../../client/problem.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { problemWords } from "./problem-words.ts";

interface ConfirmProps {
  /** A question: "Close account 123456?" */
  readonly title: string;
  /** On the button: "Close the account". */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Asks for a reason, which may be left out. */
  readonly takesReason?: boolean;
  readonly children?: ComponentChildren;
  /** Null where it is done; then the dialog closes. The reason is undefined where none was given. */
  readonly onConfirm: (reason: string | undefined) => Promise<Problem | null>;
  readonly onClose: () => void;
}

/** As the API takes it. */
const MAX_REASON_CHARACTERS = 500;

export function Confirm(props: ConfirmProps) {
  const { title, action, isDanger = false, takesReason = false, children, onConfirm, onClose } = props;
  const [reason, setReason] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  async function confirm(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setIsBusy(true);
    const refused = await onConfirm(reason.trim() || undefined);
    setIsBusy(false);
    setProblem(refused);
    if (refused === null) onClose();
  }
  return (
    <Dialog title={title} isKept={isBusy} onClose={onClose}>
      <form class="fields" onSubmit={confirm}>
        {children}
        {takesReason ? (
          <Field label="Reason" hint="Optional. It is recorded in the event, for good.">
            {(attributes) => (
              <input
                {...attributes}
                value={reason}
                maxLength={MAX_REASON_CHARACTERS}
                onInput={(input) => setReason(input.currentTarget.value)}
              />
            )}
          </Field>
        ) : null}
        {problem === null ? null : (
          <p class="field-error" role="alert">
            {problemWords(problem).title}. {problemWords(problem).detail}
          </p>
        )}
        <div class="dialog-buttons">
          <Button disabled={isBusy} onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" kind={isDanger ? "danger" : "primary"} isBusy={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
