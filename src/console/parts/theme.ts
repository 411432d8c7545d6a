// Light or dark: as the reader's system has it, unless the reader chose one here.

import { signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** theme-first.js, which applies what is stored before anything is painted, has it too. */
const STORED_AT = "tributary.theme";

export const theme = signal<Theme>(stored());

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === "system") localStorage.removeItem(STORED_AT);
  else localStorage.setItem(STORED_AT, chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

function stored(): Theme {
  const found = localStorage.getItem(STORED_AT);
  return THEMES.find((name) => name === found) ?? "system";
}
