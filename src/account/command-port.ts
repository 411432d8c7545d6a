// The port to the command side for the Workers beside it: commands in, what each came to out.

/** Where commands come from. */
interface CommandOrigin {
  /** The trace id, 32 hex digits. */
  readonly correlationId: string;
  /** The id of the event that caused them. */
  readonly causationId: string;
  readonly actor: string;
}

export type CommandReply =
  | { readonly kind: "accepted"; readonly version: number; readonly replayed: boolean }
  /** The account refused it, or the actor used the key for another command: asked again, it would be refused again. */
  | { readonly kind: "refused"; readonly code: string }
  /** It is no command. */
  | { readonly kind: "invalid"; readonly detail: string }
  /** It may or may not have been applied. */
  | { readonly kind: "unavailable" };

export interface CommandPort {
  /** Members as `POST /v1/commands` takes them, each with a key of the actor's own. One reply for each, in their order. */
  execute(members: readonly object[], origin: CommandOrigin): Promise<readonly CommandReply[]>;
}
