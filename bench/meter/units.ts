// The units that the platform bills.

export interface Units {
  /** HTTP requests from outside and batches of a queue; calls over service bindings are free. */
  workerRequests: number;
  /** RPC calls and alarms. */
  objectRequests: number;
  /** SQL rows, and alarms set, each of which is billed as one. */
  objectRowsWritten: number;
  objectRowsRead: number;
  messages: number;
  /** Writes, reads and deletes, each per 64 KB begun. */
  queueOperations: number;
  databaseRowsWritten: number;
  databaseRowsRead: number;
  logLines: number;
  /** Of those lines, without what the platform adds to each. */
  logBytes: number;
}

export function noUnits(): Units {
  return {
    workerRequests: 0,
    objectRequests: 0,
    objectRowsWritten: 0,
    objectRowsRead: 0,
    messages: 0,
    queueOperations: 0,
    databaseRowsWritten: 0,
    databaseRowsRead: 0,
    logLines: 0,
    logBytes: 0,
  };
}
