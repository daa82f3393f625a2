-- What the brand said and took back: its words are blanked, what they were is provable.

ALTER TABLE statements ADD COLUMN deleted_at TEXT -- when we saw it: title and text are blank
  CHECK (deleted_at GLOB '????-??-??T??:??:??.??????Z');
ALTER TABLE statements ADD COLUMN digest TEXT; -- of what was blanked: SHA-256 of title, newline, text
