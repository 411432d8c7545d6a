-- The feed in chunks: one row for each transaction that adds to it, instead of a row and an index entry for each event.
-- Events keep their positions. See docs/decisions/0009-the-feed-in-chunks.md.

CREATE TABLE feed_chunks (
  -- A chunk is found by its last position: the first that is not less than the one looked for.
  last_position INTEGER PRIMARY KEY,
  first_position INTEGER NOT NULL,
  -- The events at these positions, in their order.
  events TEXT NOT NULL CHECK (json_valid(events)),
  -- By account number: where in `events` the account's begin, the version of the first, how many there are, and the last
  -- position of the chunk that has those before; 0 where none has. So an account's part of the feed is a chain.
  runs TEXT NOT NULL CHECK (json_valid(runs)),
  -- Epoch milliseconds; null where a repair added the events, which says nothing of how far views are behind.
  projected_at INTEGER,
  -- How many accounts were in each status after that transaction. Counting them would read them all, and a row of their
  -- own would be one more row billed for each change of a status. The newest chunk's are the totals.
  ACCOUNT_PENDING INTEGER NOT NULL,
  ACCOUNT_CONFIRMED INTEGER NOT NULL,
  ACCOUNT_ACTIVE INTEGER NOT NULL,
  ACCOUNT_SUSPENDED INTEGER NOT NULL,
  ACCOUNT_ARCHIVED INTEGER NOT NULL,
  ACCOUNT_CLOSED INTEGER NOT NULL
) STRICT;

-- What there is becomes one chunk an event. Of the totals only the newest chunk's count.
INSERT INTO feed_chunks
SELECT position, position, json_array(json(event)),
  json_object(account_number, json_array(0, version, 1,
    coalesce(lag(position) OVER (PARTITION BY account_number ORDER BY position), 0))),
  projected_at,
  coalesce(ACCOUNT_PENDING, 0), coalesce(ACCOUNT_CONFIRMED, 0), coalesce(ACCOUNT_ACTIVE, 0),
  coalesce(ACCOUNT_SUSPENDED, 0), coalesce(ACCOUNT_ARCHIVED, 0), coalesce(ACCOUNT_CLOSED, 0)
FROM feed LEFT JOIN status_totals ON TRUE
ORDER BY position;

-- The last position of the newest chunk that has events of the account: the head of its chain. Written together with
-- that chunk, so a row at version n says that the feed has 1 … n.
ALTER TABLE accounts ADD COLUMN feed_position INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET feed_position = coalesce(
  (SELECT max(position) FROM feed WHERE feed.account_number = accounts.account_number), 0);

DROP TABLE feed;
DROP TABLE status_totals;

-- An index entry is a row billed. Active accounts are no rare thing to look for among the newest, and so a list of them
-- needs no index; a list of default accounts is asked for of one user, by whom there is an index.
DROP INDEX accounts_by_status;
CREATE INDEX accounts_by_status ON accounts (status, created_at, account_number) WHERE status <> 'ACCOUNT_ACTIVE';
DROP INDEX accounts_default;
