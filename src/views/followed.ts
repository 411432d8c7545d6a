// Whether anybody follows the feed live, as the hub says and whoever adds to the feed reads.

/** A row is written only where there was none. */
export async function markFollowed(views: D1Database): Promise<void> {
  await views.prepare("INSERT INTO followed VALUES (1) ON CONFLICT DO NOTHING").run();
}

export async function unmarkFollowed(views: D1Database): Promise<void> {
  await views.prepare("DELETE FROM followed").run();
}

export async function isFollowed(views: D1Database): Promise<boolean> {
  return saysFollowed(await selectFollowed(views).all());
}

/** The same as the last statement of a transaction: what it finds is true right after the commit, too. */
export function selectFollowed(views: D1Database): D1PreparedStatement {
  return views.prepare("SELECT id FROM followed");
}

export function saysFollowed(selected: D1Result | undefined): boolean {
  return selected !== undefined && selected.results.length > 0;
}
