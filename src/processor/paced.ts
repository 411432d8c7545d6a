// Pacing: how soon a consumer of the accounts' events takes its next batch.

/** However long a batch took, the next one waits no longer than this. */
const MAX_REST_MS = 100;

/**
 * Works on a batch, and keeps the consumer for as long again. So, as long as batches are short, one consumer leaves the views' one
 * writer, and locally the thread that carries out commands, to others for half of the time; what comes meanwhile is one
 * transaction, where each event would have been one of its own. The busier everything is, the longer a batch takes, and the more
 * the next one has. An event before which none came waits for nothing.
 */
export async function paced(work: () => Promise<void>): Promise<void> {
  const startedAt = Date.now();
  await work();
  const restMs = Math.min(Date.now() - startedAt, MAX_REST_MS);
  if (restMs > 0) await scheduler.wait(restMs);
}
