-- How an incident is answered: the duties of the response clock, silences, the chain of evidence.

ALTER TABLE incidents ADD COLUMN facts_at TEXT -- the first note on what is known
  CHECK (facts_at GLOB '????-??-??T??:??:??.??????Z');
ALTER TABLE incidents ADD COLUMN last_statement_at TEXT
  CHECK (last_statement_at GLOB '????-??-??T??:??:??.??????Z');
ALTER TABLE incidents ADD COLUMN breaches TEXT NOT NULL DEFAULT '[]' -- duties missed and said so
  CHECK (json_valid(breaches));
UPDATE incidents SET last_statement_at = statement_at;

ALTER TABLE statements ADD COLUMN why TEXT NOT NULL DEFAULT ''; -- why it is of that incident

CREATE TABLE silences ( -- asked for by people: planned work, a known campaign
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  brand TEXT,                    -- NULL: all
  starts_at TEXT NOT NULL CHECK (starts_at GLOB '????-??-??T??:??:??.??????Z'),
  ends_at TEXT NOT NULL CHECK (ends_at GLOB '????-??-??T??:??:??.??????Z'),
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  made_at TEXT NOT NULL CHECK (made_at GLOB '????-??-??T??:??:??.??????Z'),
  CHECK (starts_at <= ends_at)
) STRICT;
CREATE INDEX silences_by_end ON silences (ends_at);

-- What was seen of each mention of an incident, in the order in which it was seen. Each line holds
-- the hash of the one before it; texts stay in `mentions`, where they may be blanked.
CREATE TABLE evidence_chain (
  incident_id INTEGER NOT NULL REFERENCES incidents (id),
  number INTEGER NOT NULL,       -- from 1, without gaps
  line TEXT NOT NULL CHECK (json_valid(line)), -- canonical JSON
  hash TEXT NOT NULL,            -- SHA-256 of the line
  PRIMARY KEY (incident_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_salts ( -- goes when a text is blanked: then its digest tells nothing
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (id) ON DELETE CASCADE,
  salt TEXT NOT NULL
) STRICT;
