// A subscription's secret, which is shown once: to be copied now.

import { useEffect, useState } from "preact/hooks";
import { shownSecret } from "../api/shown-secret.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import "./secret.css";

/** Once, in the frame: a screen goes where a session ends, and would take it away. */
export function Secret() {
  const { value } = shownSecret;
  const [shown, setShown] = useState(value);
  // Opened once the dialog that it comes of is gone: each gives the focus back to what opened the first.
  useEffect(() => setShown(value), [value]);
  if (value === null || value !== shown) return null;
  const { secret, note, onTaken } = value;
  return (
    <Taken
      secret={secret}
      note={note}
      onClose={() => {
        shownSecret.value = null;
        onTaken?.();
      }}
    />
  );
}

interface TakenProps {
  readonly secret: string;
  readonly note: string;
  readonly onClose: () => void;
}

function Taken({ secret, note, onClose }: TakenProps) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  async function copy(): Promise<void> {
    // A browser may forbid it; then it can still be marked and copied by hand.
    setCopied(
      await navigator.clipboard.writeText(secret).then(
        () => "yes",
        () => "failed",
      ),
    );
  }
  return (
    <Dialog title="The secret, shown this once" isKept onClose={onClose}>
      <p>
        Deliveries are signed with it. Give it to the receiver now: it can't be read again, only replaced.{" "}
        {note}
      </p>
      <p class="secret mono">{secret}</p>
      <p role="status" class="field-hint">
        {copied === "yes" ? "Copied." : null}
        {copied === "failed" ? "The browser did not let it be copied: mark it and copy it by hand." : null}
      </p>
      <div class="dialog-buttons">
        <Button onClick={copy}>Copy</Button>
        <Button kind="primary" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Dialog>
  );
}
