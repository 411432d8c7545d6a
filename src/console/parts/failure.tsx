// Where something could not be read: what went wrong, in words, and a way to go on.

import type { Problem } from "../../client/problem.ts";
import { SIGN_IN } from "../api/sign-in-settings.ts";
import { Button, ButtonLink } from "./button.tsx";
import { problemWords } from "./problem-words.ts";
import "./notice.css";

export function Failure({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { title, detail } = problemWords(problem);
  return (
    <div class="notice" data-tone="bad" role="alert">
      <p class="notice-title">{title}</p>
      <p class="notice-detail">{detail}</p>
      {"instance" in problem ? (
        <p class="notice-detail">
          Whoever runs this finds the request by its trace: <code>{problem.instance}</code>
        </p>
      ) : null}
      <div class="notice-buttons">
        {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
        {SIGN_IN !== null && isAboutReader(problem) ? (
          <ButtonLink href="/sign-in">Your sign-in</ButtonLink>
        ) : null}
      </div>
    </div>
  );
}

const isAboutReader = ({ code }: Problem): boolean => code === "unauthenticated" || code === "forbidden";

/** A mistake in the console itself. */
export function Broken() {
  return (
    <div class="notice" data-tone="bad" role="alert">
      <p class="notice-title">This screen broke</p>
      <p class="notice-detail">
        That is a mistake in the console; the service itself goes on. The browser's log has more.
      </p>
      <Button onClick={() => location.reload()}>Load the page again</Button>
    </div>
  );
}
