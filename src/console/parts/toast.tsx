// A short word about what was just done, read out too. It goes by itself.

import { signal } from "@preact/signals";
import "./toast.css";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

const SHOWN_FOR_MS = 6_000;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** `toast("Account 123456 is suspended")` */
export function toast(text: string, tone: "good" | "bad" = "good"): void {
  lastId += 1;
  const added = { id: lastId, text, tone };
  toasts.value = [...toasts.value, added];
  setTimeout(() => {
    toasts.value = toasts.value.filter((shown) => shown !== added);
  }, SHOWN_FOR_MS);
}

/** Once, in the frame: a live region is heard only if it was there before its words. */
export function Toasts() {
  return (
    <output class="toasts" aria-live="polite">
      {toasts.value.map(({ id, text, tone }) => (
        <p key={id} class="toast" data-tone={tone}>
          {text}
        </p>
      ))}
    </output>
  );
}
