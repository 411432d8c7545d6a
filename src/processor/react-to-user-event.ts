// Reacting to what happens to users: the functions that asked for it are told, and their commands executed.

import type { UserEventType } from "../reactions/contract.ts";
import { askFunction } from "./ask-function.ts";
import type { ProcessorEnv } from "./env.ts";
import { knownFunctions } from "./functions.ts";

/** An event of the service that users belong to. */
export interface UserEvent {
  /** Unlike any account event's id; names what caused the commands, and makes their keys. */
  readonly id: string;
  readonly type: UserEventType;
  readonly userId: number;
  readonly correlationId: string;
}

/**
 * Rejects where a function fails or a part of the system does not answer: then the event is to come again, by whoever
 * brought it. That is harmless, because each command has its effect once.
 */
export async function reactToUserEvent(env: ProcessorEnv, event: UserEvent): Promise<void> {
  const { correlationId, ...told } = event;
  const interested = (await knownFunctions(env)).filter(({ reactsTo }) => reactsTo.includes(event.type));
  for (const asked of interested) {
    // Nothing caused it that this service knows of, so no chain leads here.
    await askFunction(env, asked, {
      happened: { event: told },
      correlationId,
      beforeCommands: async () => {},
    });
  }
}
