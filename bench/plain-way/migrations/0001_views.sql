-- A view row with two indexes, and a feed row with one.
CREATE TABLE accounts (
  account_number TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  last_modified INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_status ON accounts (status);
CREATE INDEX accounts_by_time ON accounts (last_modified);
CREATE TABLE feed (
  position INTEGER PRIMARY KEY,
  account_number TEXT NOT NULL,
  version INTEGER NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX feed_by_account ON feed (account_number, version);
