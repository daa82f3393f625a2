-- Where each source goes on, and mentions that were deleted where they were said.

ALTER TABLE sources ADD COLUMN cursor TEXT NOT NULL DEFAULT ''; -- {name asked for: how far}, as JSON

ALTER TABLE mentions ADD COLUMN deleted_at TEXT -- when we saw it: its words and author are blank
  CHECK (deleted_at GLOB '????-??-??T??:??:??.??????Z');

-- When did it last bring something new?
CREATE INDEX polls_with_news ON polls (source_id, at) WHERE new_items > 0;

ALTER TABLE mentions ADD COLUMN asked_at TEXT -- when its counts were last read again
  CHECK (asked_at GLOB '????-??-??T??:??:??.??????Z');
