-- What queries read. Every row can be folded anew from the logs; nothing here is the only copy of anything.

-- Each account as it is at `version`, which is also the account's checkpoint: how far its log has been projected.
CREATE TABLE accounts (
  account_number TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  default_account INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_modified INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- The number of the projection that wrote the row (src/views/projection.ts).
  projection INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Newest account first, alone and under each filter. Only status and the default flag ever change.
CREATE INDEX accounts_newest ON accounts (created_at, account_number);
CREATE INDEX accounts_by_user ON accounts (user_id, created_at, account_number);
CREATE INDEX accounts_by_status ON accounts (status, created_at, account_number);
CREATE INDEX accounts_default ON accounts (created_at, account_number) WHERE default_account = 1;

-- Counting the accounts of a status would read all of them, so the totals are kept: in one row, because a change of
-- status moves two of them and each row written is billed.
CREATE TABLE status_totals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ACCOUNT_PENDING INTEGER NOT NULL,
  ACCOUNT_CONFIRMED INTEGER NOT NULL,
  ACCOUNT_ACTIVE INTEGER NOT NULL,
  ACCOUNT_SUSPENDED INTEGER NOT NULL,
  ACCOUNT_ARCHIVED INTEGER NOT NULL,
  ACCOUNT_CLOSED INTEGER NOT NULL
) STRICT;

-- All accounts' events in one order. A rowid is one more than the greatest, and rows are never deleted: no gaps.
CREATE TABLE feed (
  position INTEGER PRIMARY KEY,
  account_number TEXT NOT NULL,
  version INTEGER NOT NULL,
  event TEXT NOT NULL,
  -- Epoch milliseconds; null where a repair added the event, which says nothing of how far views are behind.
  projected_at INTEGER
) STRICT;

-- Each event is in the feed once, and what the feed lacks of an account can be seen.
CREATE UNIQUE INDEX feed_by_account ON feed (account_number, version);

-- Always empty: an insert fails, and takes the transaction with it that found the views moved on.
CREATE TABLE moved_on (account_number TEXT, CONSTRAINT views_moved_on CHECK (FALSE)) STRICT;
