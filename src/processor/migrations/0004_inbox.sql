-- Users belong to another service, which tells of them.
CREATE TABLE users (
  user_id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('known', 'departed')),
  -- Epoch milliseconds, by the clock of the service that they belong to.
  changed_at INTEGER NOT NULL
) STRICT;
