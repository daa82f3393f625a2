-- Which days each source could be seen, kept when the log of polls is long pruned: without it, a
-- day on which nothing was seen would look like a day on which nothing was said.

CREATE TABLE coverage (
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  day TEXT NOT NULL CHECK (day GLOB '????-??-??'), -- UTC
  polls INTEGER NOT NULL,
  seen INTEGER NOT NULL,         -- of them, those that the source answered as it should
  PRIMARY KEY (source_id, day)
) STRICT, WITHOUT ROWID;

INSERT INTO coverage (source_id, day, polls, seen)
SELECT source_id, substr(at, 1, 10), count(*),
  count(*) FILTER (WHERE outcome IN ('ok', 'not modified'))
FROM polls GROUP BY source_id, substr(at, 1, 10);

CREATE TRIGGER polls_cover AFTER INSERT ON polls BEGIN
  INSERT INTO coverage (source_id, day, polls, seen)
  VALUES (new.source_id, substr(new.at, 1, 10), 1, new.outcome IN ('ok', 'not modified'))
  ON CONFLICT DO UPDATE SET polls = polls + 1, seen = seen + excluded.seen;
END;
