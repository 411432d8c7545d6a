// How a program does what this console does: the API's first call, and where to read on.

import { useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

const firstCommand = (): string =>
  `curl -X POST -H 'Content-Type: application/json' \\\n  -d '{"userId": 1}' ${location.origin}/v1/accounts`;

const READABLE = [
  ["/docs", "the whole API, to read and to try"],
  ["/v1", "its root: links to everything else"],
  ["/openapi.json", "requests, for programs"],
  ["/asyncapi.json", "events, for programs"],
  ["/health", "whether each part answers"],
] as const;

export function ForPrograms() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button kind="quiet" aria-haspopup="dialog" aria-label="The API" onClick={() => setIsOpen(true)}>
        API
      </Button>
      {isOpen ? (
        <Dialog title="For programs" onClose={() => setIsOpen(false)}>
          <p>Whatever this console does, it does by the public API. This opens an account:</p>
          <pre>
            <code>{firstCommand()}</code>
          </pre>
          <dl>
            {READABLE.map(([href, about]) => (
              <>
                <dt>
                  <a class="mono" href={href}>
                    {href}
                  </a>
                </dt>
                <dd>{about}</dd>
              </>
            ))}
          </dl>
          <div class="dialog-buttons">
            <Button onClick={() => setIsOpen(false)}>Done</Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
