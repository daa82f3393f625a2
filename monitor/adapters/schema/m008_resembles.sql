-- Well-known cases that an incident resembles, as they were told.
ALTER TABLE incidents ADD COLUMN resembles TEXT NOT NULL DEFAULT '[]'
  CHECK (json_valid(resembles));
