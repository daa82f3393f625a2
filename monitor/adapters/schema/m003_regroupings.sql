-- What became of the grouping: stories that were joined or taken apart, and which stay apart.

CREATE TABLE regroupings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  actor TEXT NOT NULL,           -- "monitor", or who repaired the grouping
  verb TEXT NOT NULL CHECK (verb IN ('merge', 'split', 'move')),
  from_story INTEGER,            -- NULL: the mentions had been filed nowhere
  to_story INTEGER NOT NULL,     -- neither refers: the log outlives stories
  why TEXT NOT NULL,             -- similar 0.30, from incident 3 to incident 5, ...
  is_repair INTEGER NOT NULL CHECK (is_repair IN (0, 1)) -- 1: by a person; never undone
) STRICT;
-- The daemon asks at every step whether there is a new one.
CREATE INDEX regroupings_repairs ON regroupings (id) WHERE is_repair;
CREATE INDEX regroupings_from ON regroupings (from_story);

CREATE TABLE regrouped_mentions (
  mention_id INTEGER NOT NULL REFERENCES mentions (id) ON DELETE CASCADE,
  regrouping_id INTEGER NOT NULL REFERENCES regroupings (id) ON DELETE CASCADE,
  PRIMARY KEY (mention_id, regrouping_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX regrouped_by_regrouping ON regrouped_mentions (regrouping_id);

CREATE TABLE kept_apart ( -- stories that people told apart: they are never joined again
  story_id INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
  other_id INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
  PRIMARY KEY (story_id, other_id),
  CHECK (story_id < other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_apart_by_other ON kept_apart (other_id);
