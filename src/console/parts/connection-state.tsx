// Whether what is shown is live.

import { connection } from "../api/feed.ts";
import { isSignedOut } from "../api/session.ts";
import type { Tone } from "./status.tsx";
import "./connection-state.css";
// Its dot has a tone, on screens without any badge, too.
import "./status.css";

const WORDS: Readonly<
  Record<typeof connection.value, { readonly tone: Tone; readonly word: string; readonly title: string }>
> = {
  connecting: { tone: "muted", word: "Connecting", title: "Opening the live feed" },
  live: { tone: "good", word: "Live", title: "Events are shown as they happen" },
  paused: {
    tone: "muted",
    word: "Paused",
    title: "Nothing is followed while nobody looks; nothing is missed",
  },
  "cut-off": {
    tone: "warn",
    word: "Reconnecting",
    title: "The connection is lost. What is shown may be old; nothing is missed once it is back",
  },
};

export function ConnectionState() {
  if (isSignedOut.value) return null;
  const { tone, word, title } = WORDS[connection.value];
  return (
    <p class="connection" data-tone={tone} title={title} role="status" aria-label={`Connection: ${word}`}>
      <span class="connection-word">{word}</span>
    </p>
  );
}
