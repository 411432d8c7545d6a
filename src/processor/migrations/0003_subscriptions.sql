-- Webhooks: who follows the feed, how far each one is, and which accounts wait in front of an event it did not take.

CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  -- A JSON array of event types; null is every type.
  types TEXT,
  -- As it is, since signing takes the secret itself.
  secret TEXT NOT NULL,
  -- Those before, the newest first, a space between each two: they sign too until then.
  previous_secret TEXT,
  previous_secret_until INTEGER,
  created_at INTEGER NOT NULL,
  -- 'parked': it failed for days. 'gone': its receiver answered 410.
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'parked', 'gone')),
  -- Up to this position of the feed, each event was delivered, or waits in subscription_waiting.
  position INTEGER NOT NULL,
  -- Which event that is: where it is another one, positions were given anew (a rebuild of views that were deleted).
  position_event TEXT,
  -- When it last had all that the feed had while nothing was parked; null: not since it began.
  caught_up_at INTEGER,
  -- Events from before are passed over; set where positions were given anew.
  not_before INTEGER NOT NULL DEFAULT 0,
  -- The last event that was taken, and the last that was not.
  delivered_event TEXT,
  delivered_at INTEGER,
  failed_event TEXT,
  failed_at INTEGER,
  failure TEXT,
  -- It rests as a whole: how many times since an event was taken, and until when.
  rests INTEGER NOT NULL DEFAULT 0,
  rests_until INTEGER
) STRICT, WITHOUT ROWID;

-- An account's events wait here in order, from one version up to another. They are in the feed; nothing is copied.
CREATE TABLE subscription_waiting (
  subscription_id TEXT NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  account_number TEXT NOT NULL,
  version INTEGER NOT NULL,
  up_to_version INTEGER NOT NULL,
  -- Of the first of them.
  attempts INTEGER NOT NULL,
  -- Null: parked, until an operator replays it, or the feed gets an older event of it.
  retry_at INTEGER,
  failed_at INTEGER,
  reason TEXT,
  PRIMARY KEY (subscription_id, account_number)
) STRICT, WITHOUT ROWID;
