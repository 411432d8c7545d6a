// A dialog over the page: the browser's own, which keeps the focus and closes with Escape. It gives the focus back.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  /** What is in it can't be had again, or what it set off goes on: only its own buttons close it. */
  readonly isKept?: boolean;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** It is open for as long as it is there: `{isOpen ? <Dialog …/> : null}`. */
export function Dialog({ title, isKept = false, onClose, children }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget | null>(null);
  const isLeft = useRef(false);
  // Before it leaves the page: only a dialog that is closed there gives the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      isLeft.current = true;
      element?.close();
    };
  }, []);
  return (
    // A click on the dialog itself, beside all that is in it, is one on what is behind. Escape does the same by key.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      closedby={isKept ? "none" : "closerequest"}
      onCancel={(event) => isKept && event.preventDefault()}
      onClose={() => isLeft.current || onClose()}
      onPointerDown={({ target }) => {
        pressed.current = target;
      }}
      onClick={({ target }) => {
        // Where text was marked up to beyond the edge, the click is one on the dialog, too.
        const isBehind = target === dialog.current && pressed.current === dialog.current;
        if (isBehind && !isKept) dialog.current?.close();
      }}
    >
      <div class="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
