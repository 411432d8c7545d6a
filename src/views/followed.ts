// Who is to be told that the feed has grown: they say so themselves, and whoever adds to the feed reads it.

/** The hub of live streams, and all subscriptions together, by the numbers under which they are kept. */
const FOLLOWERS = { hub: 1, subscriptions: 2 } as const;

export type Follower = keyof typeof FOLLOWERS;

/** A row is written only where there was none. */
export async function markFollowed(views: D1Database, by: Follower): Promise<void> {
  await views.prepare("INSERT INTO followed VALUES (?1) ON CONFLICT DO NOTHING").bind(FOLLOWERS[by]).run();
}

export async function unmarkFollowed(views: D1Database, by: Follower): Promise<void> {
  await views.prepare("DELETE FROM followed WHERE id = ?1").bind(FOLLOWERS[by]).run();
}

export type Followers = Readonly<Record<Follower, boolean>>;

export async function readFollowers(views: D1Database): Promise<Followers> {
  return followersIn(await selectFollowers(views).all());
}

/** The same as the last statement of a transaction: what it finds is true right after the commit, too. */
export function selectFollowers(views: D1Database): D1PreparedStatement {
  return views.prepare("SELECT id FROM followed");
}

export function followersIn(selected: D1Result<{ id?: unknown }> | undefined): Followers {
  const isMarked = (by: Follower): boolean =>
    selected?.results.some(({ id }) => id === FOLLOWERS[by]) ?? false;
  return { hub: isMarked("hub"), subscriptions: isMarked("subscriptions") };
}
