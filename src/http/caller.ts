// Who asks, and what they may do: what a verified token comes to.

export const SCOPES = [
  "accounts:read",
  "accounts:write",
  "accounts:operate",
  "accounts:self",
  "inbox:write",
] as const;

export type Scope = (typeof SCOPES)[number];

export interface Caller {
  /** Stands in the metadata of the events that the caller's commands write, as their actor. */
  readonly subject: string;
  /** Those that mean something here. */
  readonly scopes: readonly Scope[];
  /** When its token is not taken any more, epoch milliseconds; null where it has none. */
  readonly expiresAt: number | null;
}
