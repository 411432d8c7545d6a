// What every screen begins with: its heading, which is the page's title too, and gets the focus when one comes to it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import "./screen.css";

interface ScreenProps {
  readonly title: string;
  /** Instead of the title as the heading: a badge beside it, a number in monospace. */
  readonly heading?: ComponentChildren;
  /** One line under the heading. */
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The page's first screen leaves the focus where a browser has it: at the top. */
let isFirst = true;

export function Screen({ title, heading, lead, actions, children }: ScreenProps) {
  const top = useRef<HTMLHeadingElement>(null);
  const { path } = useLocation();
  useEffect(() => {
    document.title = `${title} · Tributary`;
  }, [title]);
  useEffect(() => {
    // `path`: another account on the same screen is come to, too.
    void path;
    if (!isFirst) top.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [path]);
  return (
    <>
      <header class="screen-head">
        <div class="screen-words">
          <h1 ref={top} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {lead === undefined ? null : <p class="screen-lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div class="screen-actions">{actions}</div>}
      </header>
      <div class="screen-body">{children}</div>
    </>
  );
}
