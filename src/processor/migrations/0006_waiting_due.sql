-- Which accounts of a subscription are due, and when the next one is, whatever else waits for a person.
CREATE INDEX subscription_waiting_due ON subscription_waiting (subscription_id, retry_at) WHERE retry_at IS NOT NULL;
