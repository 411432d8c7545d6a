// The way in for commands from functions: over RPC, for Workers that bind it by name. No HTTP route reaches it.

import { WorkerEntrypoint } from "cloudflare:workers";
import * as z from "zod";
import type { CommandOutcome } from "../account/account-log.ts";
import type { CommandPort, CommandReply } from "../account/command-port.ts";
import { LogUnavailable } from "../account/reach-log.ts";
import { logLine } from "../http/log-line.ts";
import { address, type Origin } from "./address.ts";
import { dispatch } from "./dispatch.ts";
import { refuseUnknownUsers } from "./known-users.ts";
import { type AskedCommand, MAX_BULK_COMMANDS, parseMember } from "./requests.ts";
import type { CommandEnv } from "./routes.ts";

const membersSchema = z.array(z.unknown()).max(MAX_BULK_COMMANDS);

const originSchema = z.strictObject({
  correlationId: z.string().regex(/^[0-9a-f]{32}$/),
  causationId: z.string().min(1),
  // A person's commands come over HTTP, where whoever asks is known.
  actor: z.string().startsWith("function:"),
});

export class Commands extends WorkerEntrypoint<CommandEnv> implements CommandPort {
  async execute(members: unknown, caller: unknown): Promise<readonly CommandReply[]> {
    const startedAt = Date.now();
    const origin = originSchema.parse(caller);
    const addressed = await refuseUnknownUsers(
      this.env,
      await Promise.all(
        membersSchema.parse(members).map(async (member) => {
          const asked = parseMember(member);
          return asked.ok ? await address(withOwnKey(asked.value, origin), origin, null) : asked.problem;
        }),
      ),
    );
    const outcomes = await dispatch(
      this.env.ACCOUNT_LOGS,
      addressed.filter((command) => "request" in command),
    );
    const replies = addressed.map(
      (command): CommandReply =>
        "request" in command ? replyOf(outcomes.get(command)) : { kind: "invalid", detail: command.detail },
    );
    logLine("commands", {
      ...origin,
      commands: addressed.map((command, index) => ({
        ...("request" in command
          ? { accountNumber: command.accountNumber, command: command.request.command.type }
          : {}),
        ...replies[index],
      })),
      durationMs: Date.now() - startedAt,
    });
    return replies;
  }
}

/**
 * Its key under a text that no client can send, since it has a space (`idempotencyKeySchema`): functions' keys can be
 * foreseen, and a client who had used one before would have its own command taken for the function's.
 */
function withOwnKey(asked: AskedCommand, { actor }: Origin): AskedCommand {
  const { idempotencyKey } = asked;
  return { ...asked, idempotencyKey: idempotencyKey === null ? null : `${actor} ${idempotencyKey}` };
}

function replyOf(outcome: CommandOutcome | LogUnavailable | undefined): CommandReply {
  if (outcome === undefined || outcome instanceof LogUnavailable) return { kind: "unavailable" };
  switch (outcome.kind) {
    case "accepted":
      return { kind: "accepted", version: outcome.account.version, replayed: outcome.replayed };
    case "refused":
      return { kind: "refused", code: outcome.refusal.code };
    case "idempotency-key-reused":
      return { kind: "refused", code: outcome.kind };
    default:
      return outcome satisfies never;
  }
}
