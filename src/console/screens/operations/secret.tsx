// A subscription's secret, which is shown once: to be copied now.

import { useState } from "preact/hooks";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";

interface SecretProps {
  readonly secret: string;
  /** What else is to be known of it. */
  readonly note: string;
  readonly onClose: () => void;
}

export function Secret({ secret, note, onClose }: SecretProps) {
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
