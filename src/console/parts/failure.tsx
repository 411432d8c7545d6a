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
    <LoadAgain title="This screen broke">
      That is a mistake in the console; the service itself goes on. The browser's log has more.
    </LoadAgain>
  );
}

/** Though the service answers. */
export function Unloadable() {
  return (
    <LoadAgain title="This screen could not be loaded">
      The service answers, but the code of this screen did not come.
    </LoadAgain>
  );
}

function LoadAgain({ title, children }: { title: string; children: string }) {
  return (
    <div class="notice" data-tone="bad" role="alert">
      <p class="notice-title">{title}</p>
      <p class="notice-detail">{children}</p>
      <Button onClick={() => location.reload()}>Load the page again</Button>
    </div>
  );
}
