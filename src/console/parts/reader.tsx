// Who reads: a person who signed in, or whoever reaches an open service.

import { isShut } from "../api/service.ts";
import { session } from "../api/session.ts";
import { SIGN_IN } from "../api/sign-in-settings.ts";
import "./reader.css";

export function Reader() {
  const { word, title } = said();
  return (
    <a class="reader" href="/sign-in" title={title}>
      {word}
    </a>
  );
}

function said(): { readonly word: string; readonly title: string } {
  if (SIGN_IN === null) {
    return isShut.value
      ? { word: "No way in", title: "The service asks who you are, and nobody can sign in here yet" }
      : { word: "Open to all", title: "Nobody signs in here: whoever reaches this address may do anything" };
  }
  return session.value === null
    ? { word: "Not signed in", title: `One signs in with ${SIGN_IN.issuer}` }
    : { word: session.value.name, title: `Signed in as ${session.value.name}` };
}
