// A function's definition as a Worker, which the processor asks over RPC. It answers no HTTP.

import { WorkerEntrypoint } from "cloudflare:workers";
import type { Answer, CommandName, FunctionDefinition, Happened, ReactionType } from "./contract.ts";

export function workerOf<Env, Type extends ReactionType, Name extends CommandName>(
  definition: FunctionDefinition<Env, Type, Name>,
) {
  return class extends WorkerEntrypoint<Env> {
    async describe() {
      const { name, reactsTo, sends } = definition;
      return { name, reactsTo, sends };
    }

    react(happened: Happened<Type>): Promise<Answer<Name>> {
      return definition.react(this.env, happened);
    }
  };
}
