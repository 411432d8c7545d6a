-- What queries read. Every row can be folded anew from the logs; nothing here is the only copy of anything.

-- Each account as it is at `version`, which is also the account's checkpoint: how far its log has been projected.
CREATE TABLE accounts (
  account_number TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  default_account INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  last_modified INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Newest account first, alone and under each filter. Only status and the default flag ever change.
CREATE INDEX accounts_newest ON accounts (created_at, account_number);
CREATE INDEX accounts_by_user ON accounts (user_id, created_at, account_number);
CREATE INDEX accounts_by_status ON accounts (status, created_at, account_number);
CREATE INDEX accounts_default ON accounts (created_at, account_number) WHERE default_account = 1;

-- Counting the accounts of a status would read all of them, so the totals are kept.
CREATE TABLE status_totals (status TEXT PRIMARY KEY, accounts INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- All accounts' events in one order. A rowid is one more than the greatest, and rows are never deleted: no gaps.
CREATE TABLE feed (position INTEGER PRIMARY KEY, event TEXT NOT NULL) STRICT;

-- Always empty: an insert fails, and takes the transaction with it that found the views moved on.
CREATE TABLE moved_on (account_number TEXT, CONSTRAINT views_moved_on CHECK (FALSE)) STRICT;
