-- Events of other services: each is stored before it is answered, and handled afterwards.
CREATE TABLE inbox (
  -- In the order of arrival.
  number INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  -- The whole CloudEvent as JSON.
  event TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored', 'handled', 'ignored', 'parked')),
  -- Attempts that failed, and why the last of them did.
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  -- The trace of the request that brought it.
  correlation_id TEXT NOT NULL,
  -- Epoch milliseconds.
  received_at INTEGER NOT NULL,
  -- When it is to be sent to the queue, again where it was sent before; of meaning while it is stored.
  due_at INTEGER NOT NULL,
  -- Who sends an event sends it more than once.
  UNIQUE (source, id)
) STRICT;

CREATE INDEX inbox_due ON inbox (due_at) WHERE state = 'stored';
CREATE INDEX inbox_parked ON inbox (number) WHERE state = 'parked';

-- Users belong to another service, which tells of them through the inbox.
CREATE TABLE users (
  user_id INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('known', 'departed')),
  -- Epoch milliseconds, by the clock of the service that they belong to.
  changed_at INTEGER NOT NULL
) STRICT;
