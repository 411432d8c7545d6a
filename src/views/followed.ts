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
  const ids = await views.prepare(`SELECT ${FOLLOWER_IDS}`).first<string>("ids");
  return followersIn(ids);
}

/** A column `ids`. Whoever reads it in a transaction finds what is true right after the commit, too. */
export const FOLLOWER_IDS = "(SELECT json_group_array(id) FROM followed) AS ids";

export function followersIn(ids: string | null): Followers {
  const marked: unknown = JSON.parse(ids ?? "[]");
  const isMarked = (by: Follower): boolean => Array.isArray(marked) && marked.includes(FOLLOWERS[by]);
  return { hub: isMarked("hub"), subscriptions: isMarked("subscriptions") };
}
