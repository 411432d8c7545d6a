// Pacing: how soon a consumer of the accounts' events takes its next batch.

/**
 * No sooner than this after it took the one before. What comes meanwhile is then one transaction, where each event would have been
 * one of its own. It matters where the database is so near that a batch takes less; an event before which none came waits for
 * nothing.
 */
export const MS_PER_BATCH = 20;

/** Works on a batch, and keeps the consumer until it may take the next one. */
export async function paced(work: () => Promise<void>): Promise<void> {
  const startedAt = Date.now();
  await work();
  // Never longer than it is meant to be, whatever the clock does.
  const restMs = Math.min(startedAt + MS_PER_BATCH - Date.now(), MS_PER_BATCH);
  if (restMs > 0) await scheduler.wait(restMs);
}
