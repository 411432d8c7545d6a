// Traffic: what connections send, how much of it, and what came of it.

export interface Exchange {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What connections send. A connection has one request under way at most. */
export interface Traffic {
  next(connection: number): Exchange;
  answered(connection: number, status: number): void;
  /** The statuses that a request of this traffic is to get. */
  readonly expected: number;
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; as many as go, where there is none. */
  readonly rate?: number;
}

export interface LoadResult {
  /** As expected. */
  readonly replies: number;
  /** Replies as expected, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Other replies, and requests without one. */
  readonly errors: number;
}
