-- At which version of its views a parked account waits for nothing any more; null where only a repair can tell.
ALTER TABLE parked ADD COLUMN settled_version INTEGER;
