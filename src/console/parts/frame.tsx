// What is around every screen: the name, the navigation, how the connection is, and the theme.

import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { SCREENS } from "../screens.ts";
import { ConnectionState } from "./connection-state.tsx";
import { ForPrograms } from "./for-programs.tsx";
import { Mark } from "./mark.tsx";
import { Reader } from "./reader.tsx";
import { Secret } from "./secret.tsx";
import { ThemeChoice } from "./theme-choice.tsx";
import { Toasts } from "./toast.tsx";
import "./frame.css";

export function Frame({ children }: { children: ComponentChildren }) {
  return (
    <div class="frame">
      <a class="skip" href="#screen">
        Skip to the screen
      </a>
      <header class="frame-head">
        <a class="frame-name" href="/">
          <Mark />
          Tributary
        </a>
        <Navigation />
        <div class="frame-tools">
          <Reader />
          <ConnectionState />
          <ForPrograms />
          <ThemeChoice />
        </div>
      </header>
      <main id="screen" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
      <Secret />
    </div>
  );
}

function Navigation() {
  const { path } = useLocation();
  const isWithin = (href: string): boolean => path === href || (href !== "/" && path.startsWith(`${href}/`));
  return (
    <nav class="frame-nav" aria-label="Screens">
      <ul>
        {SCREENS.map(({ path: href, title }) =>
          title === undefined ? null : (
            <li key={href}>
              <a href={href} {...(isWithin(href) ? { "aria-current": "page" as const } : {})}>
                {title}
              </a>
            </li>
          ),
        )}
      </ul>
    </nav>
  );
}
