// A recorded event: what a stream's log keeps for ever, and what travels to whoever listens.

/** Where an event came from. Ids are opaque strings. */
export interface EventMetadata {
  /** The idempotency key of the command, or a generated id. */
  readonly commandId: string;
  /** The trace id, 32 hex digits (W3C Trace Context). */
  readonly correlationId: string;
  /** The id of the event that caused the command; null for a direct request. */
  readonly causationId: string | null;
  /** The caller's subject; `anonymous` where no one signs in. */
  readonly actor: string;
}

export interface RecordedEvent {
  /** `stream:version`. */
  readonly id: string;
  /** Epoch milliseconds; never goes backwards within a stream. */
  readonly createdAt: number;
  /** Epoch milliseconds; equal to `createdAt`, since nobody edits history. */
  readonly lastModified: number;
  readonly type: string;
  /** Number of the stored shape of `data` for this type, from 1. */
  readonly schema: number;
  /** 1, 2, 3 … without gaps within a stream. */
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
}
