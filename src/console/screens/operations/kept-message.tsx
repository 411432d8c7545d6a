// A message that the service could not read, whole, and a way to let go of it.

import { useState } from "preact/hooks";
import { act } from "../../api/service.ts";
import { useResource } from "../../api/use-resource.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { Shown } from "../../parts/resource.tsx";
import { Time } from "../../parts/time.tsx";
import { toast } from "../../parts/toast.tsx";

interface KeptMessageProps {
  readonly href: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function KeptMessage({ href, onDone, onClose }: KeptMessageProps) {
  const isGenuine = isOfTheApi(href);
  const message = useResource<"getKeptMessage">(isGenuine ? href : null);
  const [isBusy, setIsBusy] = useState(false);
  async function discard(): Promise<void> {
    if (!isGenuine) return;
    setIsBusy(true);
    const result = await act<"discardKeptMessage">("DELETE", href);
    setIsBusy(false);
    if (result.ok) toast("The message is gone");
    else toast(problemWords(result.problem).detail, "bad");
    onDone();
    onClose();
  }
  return (
    <Dialog title="A message that can't be read" isKept={isBusy} onClose={onClose}>
      <Shown of={message}>
        {({ reason, body, at }) => (
          <>
            <p>
              {reason}. It came <Time at={at} />.
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may be long, and the arrow keys scroll it */}
            <section class="message" tabIndex={0} aria-label="The message">
              <pre>
                <code>{body}</code>
              </pre>
            </section>
          </>
        )}
      </Shown>
      <div class="dialog-buttons">
        <Button kind="danger" isBusy={isBusy} disabled={!isGenuine} onClick={discard}>
          Discard it
        </Button>
        <Button disabled={isBusy} onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}

/** The address of the console names it, and anybody can write one: nothing else is read or deleted by it. */
const isOfTheApi = (href: string): boolean => /^\/v1\/operations\/messages\/[\w-]+$/.test(href);
