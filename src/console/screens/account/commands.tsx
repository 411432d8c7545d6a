// The commands that an account takes now, a button for each of its links. What is refused is said in words.

import { useRef, useState } from "preact/hooks";
import type { TransitionName } from "../../../account/commands.ts";
import type { Problem } from "../../../client/problem.ts";
import type { AccountRepresentation } from "../../../http/representations.ts";
import { client } from "../../api/service.ts";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { problemWords } from "../../parts/problem-words.ts";
import { toast } from "../../parts/toast.tsx";
import { COMMANDS, TAKING_TURNS } from "./command-words.ts";

interface CommandsProps {
  /** As it is now. */
  readonly account: AccountRepresentation;
  /** After each command, whatever became of it. */
  readonly onDone: () => void;
}

/** A command that was chosen: for the account as it was seen then, and no other. */
interface Chosen {
  readonly name: TransitionName;
  readonly href: string;
  readonly version: number;
}

export function Commands({ account, onDone }: CommandsProps) {
  const [asked, setAsked] = useState<Chosen | null>(null);
  const [busy, setBusy] = useState<TransitionName | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  // Refused because somebody else was faster, a second attempt is meant for the account as it is by then.
  const version = useRef(0);
  // Sent again after no answer came, the same command is done once. Another one, or another reason, has another key.
  const sent = useRef({ command: "", idempotencyKey: "" });
  const { accountNumber, _links: links } = account;

  async function execute({ name, href }: Chosen, reason?: string): Promise<Problem | null> {
    const members = reason === undefined ? {} : { reason };
    const expectedVersion = version.current;
    const command = JSON.stringify([href, members, expectedVersion]);
    if (sent.current.command !== command) sent.current = { command, idempotencyKey: crypto.randomUUID() };
    const { idempotencyKey } = sent.current;
    const result = await client.commandAt(href, members, { expectedVersion, idempotencyKey });
    if (result.ok) toast(`Account ${accountNumber} is ${COMMANDS[name].done}`);
    else if (result.problem.code === "version-mismatch") version.current = result.problem.currentVersion;
    onDone();
    return result.ok ? null : result.problem;
  }

  async function choose(chosen: Chosen): Promise<void> {
    version.current = chosen.version;
    setRefused(null);
    if (COMMANDS[chosen.name].asks) return setAsked(chosen);
    setBusy(chosen.name);
    setRefused(await execute(chosen));
    setBusy(null);
  }

  return (
    <div class="commands">
      <div class="commands-buttons">
        {TAKING_TURNS.map((names) => (
          <span key={names[0]} class="command-place">
            {names.map((name) => (
              <span key={name} class="button command-room" data-words={COMMANDS[name].button} />
            ))}
            {names.map((name) => {
              const href = links[name]?.href;
              return href === undefined ? null : (
                <Button
                  key={name}
                  kind={COMMANDS[name].isDanger ? "danger" : "plain"}
                  isBusy={busy === name}
                  {...(COMMANDS[name].asks ? { "aria-haspopup": "dialog" as const } : {})}
                  onClick={() => choose({ name, href, version: account.version })}
                >
                  {COMMANDS[name].button}
                </Button>
              );
            })}
          </span>
        ))}
        {TAKING_TURNS.flat().some((name) => name in links) ? null : (
          <p class="commands-none">
            {account.status === "ACCOUNT_CLOSED"
              ? "It is closed for good and takes no commands."
              : "It takes no commands now."}
          </p>
        )}
      </div>
      <p class="commands-refused" role="alert">
        {refused === null ? null : `${problemWords(refused).title}. ${problemWords(refused).detail}`}
      </p>
      {asked === null ? null : (
        <Confirm
          title={`${COMMANDS[asked.name].button} account ${accountNumber}?`}
          action={`${COMMANDS[asked.name].button} the account`}
          isDanger={COMMANDS[asked.name].isDanger}
          takesReason={COMMANDS[asked.name].takesReason}
          onConfirm={(reason) => execute(asked, reason)}
          onClose={() => setAsked(null)}
        >
          <p>{COMMANDS[asked.name].meaning}</p>
        </Confirm>
      )}
    </div>
  );
}
