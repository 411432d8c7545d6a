// Waiting for somebody else's Worker, but not for ever.

/** Rejects where it takes longer. What was asked may go on all the same. */
export async function within<Result>(limitMs: number, ask: () => Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
