-- The functions that were ever bound, each as it last described itself.
CREATE TABLE functions (
  name TEXT PRIMARY KEY,
  -- Epoch milliseconds. What happened long before is history to it.
  first_seen_at INTEGER NOT NULL,
  -- Event types and command names, each a JSON array.
  reacts_to TEXT NOT NULL,
  sends TEXT NOT NULL,
  -- How often it reacted; the newest event that it is done with, when that happened, and how long after that it was done.
  reactions INTEGER NOT NULL DEFAULT 0,
  event_id TEXT,
  event_at INTEGER,
  lag_ms INTEGER,
  -- The position of the feed up to which nothing that it asked for was found missed; null where that was never looked at.
  checked INTEGER
) STRICT, WITHOUT ROWID;

-- How far each function is with each account that it ever reacted to.
CREATE TABLE reactions (
  function TEXT NOT NULL,
  account_number TEXT NOT NULL,
  -- The version of the newest event that it is done with; null where it has not begun.
  position INTEGER,
  -- Epoch milliseconds until which one consumer has the pair to itself; 0 is free.
  leased_until INTEGER NOT NULL,
  -- How often in a row the event after `position` failed; 0 where nothing is wrong, and then the rest is null. 1 without a
  -- `version`: it waits because the function rests, or a part of the system failed.
  attempts INTEGER NOT NULL DEFAULT 0,
  -- 1: it waits for a person, for newer code, or for the account's next event.
  parked INTEGER NOT NULL DEFAULT 0,
  version INTEGER,
  -- When that event happened, or since when it waits.
  event_at INTEGER,
  reason TEXT,
  -- Of the last attempt.
  at INTEGER,
  PRIMARY KEY (function, account_number)
) STRICT, WITHOUT ROWID;

CREATE INDEX reactions_failing ON reactions (function, event_at) WHERE attempts > 0;
