// Where there is nothing to show: why, and what to do about it.

import type { ComponentChildren } from "preact";
import "./notice.css";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children === undefined ? null : <div class="notice-detail">{children}</div>}
    </div>
  );
}
