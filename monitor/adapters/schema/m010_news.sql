-- Did a source show something that it did not show before? Mentions do not tell: a source where
-- nobody speaks of a brand is not dead, and one that repeats an old document is not alive.

ALTER TABLE sources ADD COLUMN shown TEXT NOT NULL DEFAULT ''; -- digest of the entries it listed last
ALTER TABLE sources ADD COLUMN began_at TEXT -- what its address showed before that counts for nothing
  CHECK (began_at GLOB '????-??-??T??:??:??.??????Z');

ALTER TABLE polls ADD COLUMN changed INTEGER -- it listed other entries than before; NULL: not known
  CHECK (changed IN (0, 1));

-- Of polls before this release mentions are all that is known.
DROP INDEX polls_with_news;
CREATE INDEX polls_with_news ON polls (source_id, at) WHERE coalesce(changed, new_items) > 0;
