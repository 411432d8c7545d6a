-- One row an account, as the floor reads it.
CREATE TABLE accounts (
  account_number TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
