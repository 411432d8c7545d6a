// Asking a function about what happened, and having its commands executed: each with its effect once, however often the
// function is asked.

import type { CommandReply } from "../account/command-port.ts";
import { logLine } from "../http/log-line.ts";
import { answerSchema, type FunctionBinding, type Happened } from "../reactions/contract.ts";
import type { ProcessorEnv } from "./env.ts";
import type { KnownFunction } from "./functions.ts";
import { within } from "./within.ts";

/** A function is small: one that takes longer hangs. */
const REACT_LIMIT_MS = 5_000;
/** A function that goes on asking to be asked again never ends. */
const MAX_PAGES = 1_000;

/** It is the function that failed, for what it was asked about; no other part of the system. */
export class FunctionFailed extends Error {
  override readonly name = "FunctionFailed";
  /** Asking again would change nothing. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal = false) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** What happened, without the page of the answer; and the trace that it belongs to. */
export interface Asked {
  readonly happened: DistributiveOmit<Happened, "page">;
  readonly correlationId: string;
  /** Looked at before the first command is executed: rejects where there must be none. */
  readonly beforeCommands: () => Promise<void>;
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Throws `FunctionFailed`; or whatever a part of the system that does not answer throws. */
export async function askFunction(env: ProcessorEnv, asked: KnownFunction, about: Asked): Promise<void> {
  const startedAt = Date.now();
  const executed: object[] = [];
  let page: string | null = null;
  for (let pages = 1; ; pages++) {
    const answer = await answerOf(asked.binding, { ...about.happened, page });
    if (answer.commands.length > 0) {
      if (executed.length === 0) await about.beforeCommands();
      executed.push(...(await execute(env, asked.name, about, answer.commands, executed.length)));
    }
    if (answer.next === undefined) break;
    if (pages === MAX_PAGES) throw new FunctionFailed(`It has more to say after ${MAX_PAGES} answers`);
    page = answer.next;
  }
  logLine("reaction", {
    function: asked.name,
    eventId: about.happened.event.id,
    correlationId: about.correlationId,
    commands: executed,
    durationMs: Date.now() - startedAt,
  });
}

type AnsweredCommand = ReturnType<typeof answerSchema.parse>["commands"][number];

async function answerOf(binding: FunctionBinding, happened: Happened) {
  const said = await within(REACT_LIMIT_MS, () => binding.react(happened)).catch((error) => {
    throw new FunctionFailed(error instanceof Error ? error.message : String(error));
  });
  const answer = answerSchema.safeParse(said);
  if (!answer.success) throw new FunctionFailed(`Not an answer: ${answer.error.message}`);
  return answer.data;
}

/** `before`: so many commands were in the answers before. Answers what each came to, for the log. */
async function execute(
  { COMMANDS }: ProcessorEnv,
  name: string,
  { happened, correlationId }: Asked,
  commands: readonly AnsweredCommand[],
  before: number,
): Promise<object[]> {
  const members = commands.map(({ ifMoved, ...member }, index) => ({
    ...member,
    idempotencyKey: keyOf(happened.event.id, name, before + index, { ...member, ifMoved }),
  }));
  const origin = { correlationId, causationId: happened.event.id, actor: `function:${name}` };
  const replies = await COMMANDS.execute(members, origin);
  for (const [index, reply] of replies.entries()) checkReply(commands[index], reply);
  return replies.map((reply, index) => ({
    accountNumber: commands[index]?.accountNumber,
    command: commands[index]?.command,
    ...reply,
  }));
}

/**
 * A function that is asked again may have another command to answer, by what became of the world meanwhile: that is another
 * key. An answer for an account that moved on is another answer, perhaps with the same command in the same place: its key
 * has the version too, by which alone such a command has its effect once.
 */
function keyOf(
  eventId: string,
  name: string,
  index: number,
  { command, ifMoved, expectedVersion }: Pick<AnsweredCommand, "command" | "ifMoved" | "expectedVersion">,
): string {
  return `${eventId}/${name}/${index}/${command}${ifMoved === "ask-again" ? `@${expectedVersion}` : ""}`;
}

/**
 * A refusal is an outcome, and so is a key that is used: what the function answered before, perhaps with other members, had its
 * effect. The rest is not done with.
 */
function checkReply(command: AnsweredCommand | undefined, reply: CommandReply): void {
  const what = `${command?.command} of ${command?.accountNumber}`;
  if (reply.kind === "unavailable") throw new Error(`${what}: the account's log can't be reached`);
  if (reply.kind === "invalid") throw new FunctionFailed(`${what}: ${reply.detail}`);
  if (reply.kind === "refused" && reply.code === "version-mismatch" && command?.ifMoved === "ask-again") {
    throw new FunctionFailed(
      `${what}: the account is not at version ${command.expectedVersion}, so it is asked again`,
    );
  }
}
