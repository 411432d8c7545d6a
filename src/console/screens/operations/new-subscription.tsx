// A form for a new subscription: where events go, which, and from when on. What comes of it is shown at once, secret and all.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { Problem } from "../../../client/problem.ts";
import { act } from "../../api/service.ts";
import { shownSecret } from "../../api/shown-secret.ts";
import { useResource } from "../../api/use-resource.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { problemWords } from "../../parts/problem-words.ts";

interface NewSubscriptionProps {
  readonly href: string;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function NewSubscription({ href, onDone, onClose }: NewSubscriptionProps) {
  // What comes of it is shown once: nobody is to leave before it came.
  const [isBusy, setIsBusy] = useState(false);
  return (
    <Dialog title="New subscription" isKept={isBusy} onClose={onClose}>
      <Form href={href} isBusy={isBusy} setIsBusy={setIsBusy} onDone={onDone} onClose={onClose} />
    </Dialog>
  );
}

interface FormProps extends NewSubscriptionProps {
  readonly isBusy: boolean;
  readonly setIsBusy: (isBusy: boolean) => void;
}

function Form({ href, isBusy, setIsBusy, onDone, onClose }: FormProps) {
  const { route } = useLocation();
  const map = useResource<"getMap">("/v1/map");
  const [url, setUrl] = useState("");
  const [types, setTypes] = useState<readonly string[]>([]);
  const [isFromStart, setIsFromStart] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // Those that come of commands: others are another service's, and never in the feed.
  const known = map.value?.events.filter(({ commands }) => commands.length > 0).map(({ type }) => type) ?? [];
  const urlError = problem === null ? undefined : errorAt(problem, "/url");

  async function subscribe(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setIsBusy(true);
    const body = { url, ...(types.length === 0 ? {} : { types }), ...(isFromStart ? { after: 0 } : {}) };
    const result = await act<"subscribe">("POST", href, body);
    setIsBusy(false);
    if (!result.ok) return setProblem(result.problem);
    const { id, secret } = result.value;
    shownSecret.value = {
      secret,
      note: "Deliveries have begun.",
      onTaken: () => route(`/operations/subscriptions/${encodeURIComponent(id)}`),
    };
    onDone();
    onClose();
  }
  return (
    <form class="fields" onSubmit={subscribe}>
      <Field
        label="Address"
        hint="Each event is posted there. It answers 2xx within 10 seconds."
        {...(urlError === undefined ? {} : { error: urlError })}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="url"
            required
            placeholder="https://orders.example/events"
            value={url}
            onInput={({ currentTarget }) => setUrl(currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="choices">
        <legend class="field-label">Events</legend>
        <p class="field-hint">All of them where none is chosen.</p>
        {known.map((type) => (
          <label key={type} class="choice mono">
            <input
              type="checkbox"
              checked={types.includes(type)}
              onChange={({ currentTarget: { checked } }) =>
                setTypes((before) => [
                  ...before.filter((other) => other !== type),
                  ...(checked ? [type] : []),
                ])
              }
            />
            {type}
          </label>
        ))}
      </fieldset>
      <fieldset class="choices">
        <legend class="field-label">Beginning with</legend>
        {([false, true] as const).map((fromStart) => (
          <label key={String(fromStart)} class="choice">
            <input
              type="radio"
              name="beginning"
              checked={isFromStart === fromStart}
              onChange={() => setIsFromStart(fromStart)}
            />
            {fromStart ? "The first event that there ever was" : "The next event"}
          </label>
        ))}
      </fieldset>
      {problem === null || urlError !== undefined ? null : (
        <p class="field-error" role="alert">
          {problemWords(problem).title}. {problemWords(problem).detail}
        </p>
      )}
      <div class="dialog-buttons">
        <Button disabled={isBusy} onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          Subscribe
        </Button>
      </div>
    </form>
  );
}

function errorAt(problem: Problem, pointer: string): string | undefined {
  if (problem.code !== "invalid-request") return undefined;
  return problem.errors.find((part) => "pointer" in part && part.pointer === pointer)?.detail;
}
