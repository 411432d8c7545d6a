// What went wrong, said to people.

import type { Problem } from "../../client/problem.ts";
import { session } from "../api/session.ts";
import { SIGN_IN } from "../api/sign-in-settings.ts";
import { numberWords, wordsOf } from "./words.ts";

/** "suspend, archive, or close" */
const ANY_OF = new Intl.ListFormat("en", { type: "disjunction" });
const README = "The README says how, under “Signing in to the console”.";

/** What went wrong, for somebody who did not write the service. */
export function problemWords(problem: Problem): { readonly title: string; readonly detail: string } {
  switch (problem.code) {
    case "version-mismatch":
      return {
        title: "Somebody else was faster",
        detail: `The account is at version ${numberWords(problem.currentVersion)} by now. Nothing was changed by you.`,
      };
    case "already-in-state":
      return {
        title: "Nothing to change",
        detail: `The account is so already: ${wordsOf(problem.accountStatus).toLowerCase()}.`,
      };
    case "illegal-transition":
      return {
        title: "Not possible now",
        detail:
          `The account is ${wordsOf(problem.accountStatus).toLowerCase()}. ` +
          (problem.legalCommands.length === 0
            ? "It takes no command."
            : `What it takes: ${ANY_OF.format(problem.legalCommands.map((name) => wordsOf(name).toLowerCase()))}.`),
      };
    case "account-closed":
      return { title: "The account is closed", detail: "That is for good: it takes no more commands." };
    case "account-not-found":
      return { title: problem.title, detail: "No account has this number, or it is not yours to see." };
    case "unknown-user":
      return { title: problem.title, detail: "An account belongs to a user who is known and has not left." };
    case "unreachable":
      return {
        title: "The service does not answer",
        detail: "Your connection may be down, or the service is being restarted.",
      };
    case "unexpected-answer":
      return { title: "Something else answered", detail: problem.detail };
    case "unauthenticated":
      return SIGN_IN === null
        ? {
            title: "The service asks who you are, and nobody can sign in here yet",
            detail: `Whoever runs it sets AUTH_ISSUER and CONSOLE_CLIENT_ID for the edge Worker. ${README}`,
          }
        : {
            title: "The service does not take your sign-in",
            detail: `${problem.detail}. Sign out and in again; where that comes to the same, AUTH_ISSUER and AUTH_AUDIENCE of its Workers don't fit. ${README}`,
          };
    case "authentication-not-configured":
      return { title: "Nobody may come in yet", detail: `${problem.detail}. ${README}` };
    case "forbidden":
      return {
        title: "You may not do this here",
        detail:
          session.value === null
            ? problem.detail
            : `${problem.detail}; yours are ${session.value.scope}. Whoever runs the service can grant more, then sign in again.`,
      };
    default:
      return { title: problem.title, detail: problem.detail };
  }
}
