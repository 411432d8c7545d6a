// The users view: what the service that users belong to has told of them. It lies in the operations database, because no
// log of this service could make it anew.

/** `unknown`: nothing has been told of the user. */
export type UserState = "known" | "departed" | "unknown";

/**
 * Of what is told of a user the newest counts, whatever the order in which it comes. Of two at one time the departure
 * does, because that is the one of which accounts are closed.
 */
export function writeUser(
  operations: D1Database,
  userId: number,
  state: Exclude<UserState, "unknown">,
  changedAt: number,
): D1PreparedStatement {
  return operations
    .prepare(
      `INSERT INTO users (user_id, state, changed_at) VALUES (?1, ?2, ?3)
       ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
       WHERE excluded.changed_at > changed_at OR (excluded.changed_at = changed_at AND excluded.state = 'departed')`,
    )
    .bind(userId, state, changedAt);
}

export async function readUserState(operations: D1Database, userId: number): Promise<UserState> {
  const states = await readUserStates(operations, [userId]);
  return states.get(userId) ?? "unknown";
}

/** One query for all; users of whom nothing was told are not in the answer. */
export async function readUserStates(
  operations: D1Database,
  userIds: readonly number[],
): Promise<ReadonlyMap<number, UserState>> {
  const { results } = await operations
    .prepare("SELECT user_id, state FROM users WHERE user_id IN (SELECT value FROM json_each(?1))")
    .bind(JSON.stringify(userIds))
    .all<{ user_id: number; state: UserState }>();
  return new Map(results.map((row) => [row.user_id, row.state]));
}
