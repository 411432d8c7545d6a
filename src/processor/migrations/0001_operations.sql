-- What the processor knows that no log and no view says. It has a database of its own, so that the views can be
-- deleted whole and made anew.

-- Every account that an event was ever seen of.
CREATE TABLE directory (account_number TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Accounts whose events can't be applied. Their events are in their logs; these rows say why they wait there.
CREATE TABLE parked (
  account_number TEXT PRIMARY KEY,
  -- The version of the event that can't be applied.
  version INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- Epoch milliseconds of the last attempt.
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that can't be read, kept whole.
CREATE TABLE unreadable_messages (
  id TEXT PRIMARY KEY,
  -- Null where not even that could be read.
  account_number TEXT,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A walk goes over every account: a rebuild repairs each, a verification compares each, and mends it if asked to.
CREATE TABLE walks (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('rebuild', 'verification')),
  -- 0 or 1; always 1 for a rebuild.
  mends INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT, WITHOUT ROWID;

-- Of one kind one walk at a time: who starts another joins it.
CREATE UNIQUE INDEX one_unfinished_walk ON walks (kind, mends) WHERE finished_at IS NULL;

-- A walk's accounts in ranges, each after one number up to another (null: no end). What is done is marked here, so a
-- walk survives whatever happens to its messages.
CREATE TABLE walk_ranges (
  walk_id TEXT NOT NULL,
  range INTEGER NOT NULL,
  after TEXT NOT NULL,
  up_to TEXT,
  accounts INTEGER NOT NULL,
  -- When its message was last sent.
  sent_at INTEGER NOT NULL DEFAULT 0,
  done_at INTEGER,
  events INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (walk_id, range)
) STRICT, WITHOUT ROWID;

-- What a walk found that the views say and the logs do not, written before anything is mended.
CREATE TABLE differences (
  walk_id TEXT NOT NULL,
  -- Empty where it is of all accounts: a total.
  account_number TEXT NOT NULL,
  field TEXT NOT NULL,
  -- As JSON.
  view TEXT NOT NULL,
  log TEXT NOT NULL,
  -- 0 or 1
  mended INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (walk_id, account_number, field)
) STRICT, WITHOUT ROWID;
