// What the operations' screens share: their headings, and the way from one to another.

import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { Screen } from "../../parts/screen.tsx";
import "./operations.css";

const TABS = [
  ["/operations", "Status"],
  ["/operations/parked", "Parked"],
  ["/operations/functions", "Functions"],
  ["/operations/subscriptions", "Subscriptions"],
  ["/operations/inbox", "Inbox"],
] as const;

interface OperationsScreenProps {
  readonly title: string;
  readonly heading?: ComponentChildren;
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function OperationsScreen({ children, ...head }: OperationsScreenProps) {
  const { path } = useLocation();
  // A rebuild or a verification is come to from the status.
  const current = TABS.findLast(([href]) => path === href || path.startsWith(`${href}/`))?.[0];
  return (
    <Screen {...head}>
      <nav class="tabs" aria-label="Operations">
        <ul>
          {TABS.map(([href, word]) => (
            <li key={href}>
              <a href={href} {...(href === current ? { "aria-current": "page" as const } : {})}>
                {word}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </Screen>
  );
}
