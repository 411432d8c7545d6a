// The contract with a function: what it says of itself, what it is told, what it answers. A function is a Worker that is
// told what happened and answers with commands.

import * as z from "zod";
import type { Account } from "../account/account.ts";
import { type AccountCommand, accountNumberSchema } from "../account/commands.ts";
import type { AccountEventType, RecordedAccountEvent } from "../account/events.ts";

/** What happens to users, who belong to another service. */
export type UserEventType = "user.deleted";
export type ReactionType = AccountEventType | UserEventType;
export type CommandName = AccountCommand["type"];

interface AccountHappened {
  readonly event: RecordedAccountEvent;
  /** Right after the event. More may have happened since. */
  readonly account: Account;
}

interface UserHappened {
  /** `id` is no account event's. */
  readonly event: { readonly id: string; readonly type: UserEventType; readonly userId: number };
}

/** What a function is told. `page` is the `next` of its answer before; null the first time. */
export type Happened<Type extends ReactionType = ReactionType> = (Type extends UserEventType
  ? UserHappened
  : AccountHappened) & { readonly page: string | null };

/** The account's version as the function knew it. Moved on meanwhile: the command is dropped, or the function asked again. */
type Expectation =
  | { readonly expectedVersion?: never; readonly ifMoved?: never }
  | { readonly expectedVersion: number; readonly ifMoved?: "drop" | "ask-again" };

/** A command as a function answers it: a member of `POST /v1/commands`, beside `ifMoved`. */
type FunctionCommand<Name extends CommandName = CommandName> = Name extends CommandName
  ? { readonly command: Name; readonly accountNumber: string } & Expectation &
      Omit<Extract<AccountCommand, { type: Name }>, "type">
  : never;

export interface Answer<Name extends CommandName = CommandName> {
  /** At most `MAX_COMMANDS`. */
  readonly commands: readonly FunctionCommand<Name>[];
  /** There is more: the function is asked again, with this as `page`. */
  readonly next?: string;
}

/** What is asked in one go may take so many (`POST /v1/commands` takes as many). */
export const MAX_COMMANDS = 100;

/** A function as its author writes it. What it reacts to and what it sends is all that the compiler lets it use. */
export interface FunctionDefinition<Env, Type extends ReactionType, Name extends CommandName> {
  /** The name of its folder. */
  readonly name: string;
  readonly reactsTo: readonly Type[];
  readonly sends: readonly Name[];
  /** Asked at least once for each event, in the order of the account's log. Throws where it can't answer now. */
  react(env: Env, happened: Happened<NoInfer<Type>>): Promise<Answer<NoInfer<Name>>>;
}

export function defineFunction<Env, const Type extends ReactionType, const Name extends CommandName>(
  definition: FunctionDefinition<Env, Type, Name>,
): FunctionDefinition<Env, Type, Name> {
  return definition;
}

export const FUNCTION_NAME_RULE = "1 to 32 lower-case letters, digits and single hyphens, a letter first";

/** Short enough to stand in an idempotency key beside an event's id. */
export const functionNameSchema = z
  .string(FUNCTION_NAME_RULE)
  .max(32, FUNCTION_NAME_RULE)
  .regex(/^[a-z](-?[a-z0-9])*$/, FUNCTION_NAME_RULE);

/** What a function says of itself. Newer code than the reader's may name types and commands that the reader does not know. */
export const descriptionSchema = z.object({
  name: functionNameSchema,
  reactsTo: z.array(z.string()),
  sends: z.array(z.string()),
});

export type FunctionDescription = Readonly<z.output<typeof descriptionSchema>>;

/** A command's own members are checked where it is executed. */
export const answerSchema = z.object({
  commands: z
    .array(
      z.looseObject({
        command: z.string(),
        accountNumber: accountNumberSchema,
        expectedVersion: z.int().positive().optional(),
        ifMoved: z.enum(["drop", "ask-again"]).optional(),
      }),
    )
    .max(MAX_COMMANDS),
  next: z.string().min(1).optional(),
});

/** A function as the processor reaches it: a service binding is one. What it answers is still to be checked. */
export interface FunctionBinding {
  describe(): Promise<unknown>;
  react(happened: Happened): Promise<unknown>;
}
