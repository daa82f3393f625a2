-- Tables of the first schema. Never changed once released: a change is a new migration.
-- Times are UTC, "2026-11-22T01:02:03.456789Z": one width, so that text order is time order.

CREATE TABLE sources (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,             -- as config.toml says; a change of it starts afresh
  configured INTEGER NOT NULL DEFAULT 1 CHECK (configured IN (0, 1)),
  etag TEXT,
  last_modified TEXT,
  next_poll_at TEXT CHECK (next_poll_at GLOB '????-??-??T??:??:??.??????Z'),
  last_success_at TEXT CHECK (last_success_at GLOB '????-??-??T??:??:??.??????Z'),
  failures INTEGER NOT NULL DEFAULT 0, -- in a row
  state TEXT NOT NULL DEFAULT 'healthy'
    CHECK (state IN ('healthy', 'stale', 'throttled', 'failing', 'disabled')),
  state_since TEXT CHECK (state_since GLOB '????-??-??T??:??:??.??????Z'),
  note TEXT NOT NULL DEFAULT '', -- why it is in this state
  last_unconditional_at TEXT CHECK (last_unconditional_at GLOB '????-??-??T??:??:??.??????Z'),
  gone INTEGER NOT NULL DEFAULT 0, -- 410 answers in a row
  gone_since TEXT CHECK (gone_since GLOB '????-??-??T??:??:??.??????Z'),
  moved_url TEXT,                -- asked instead of url: it moved there for good
  moved_to TEXT,                 -- a permanent redirect seen, not yet believed
  moved INTEGER NOT NULL DEFAULT 0,
  moved_since TEXT CHECK (moved_since GLOB '????-??-??T??:??:??.??????Z'),
  ttl_seconds REAL,              -- how often the feed itself wants to be asked
  blind INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1)) -- source.blind was raised
) STRICT;

CREATE TABLE polls (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  outcome TEXT NOT NULL,
  status INTEGER,                -- of HTTP
  items INTEGER NOT NULL,        -- entries in the document
  new_items INTEGER NOT NULL,    -- mentions taken in from it
  seconds REAL NOT NULL,
  note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX polls_by_source ON polls (source_id);
CREATE INDEX polls_by_time ON polls (at);

CREATE TABLE mentions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  native_id TEXT NOT NULL,       -- the source's own name for it
  brand TEXT NOT NULL,
  kind TEXT NOT NULL,            -- of the source, as the classifier is told
  url TEXT,
  author TEXT,
  author_followers INTEGER,
  title TEXT,
  text TEXT NOT NULL,
  language TEXT,
  published_at TEXT CHECK (published_at GLOB '????-??-??T??:??:??.??????Z'),
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '????-??-??T??:??:??.??????Z'),
  fingerprint TEXT NOT NULL,     -- of the normalised text
  repost_of TEXT,
  matched_by TEXT NOT NULL DEFAULT '', -- the alias
  certain INTEGER NOT NULL DEFAULT 1 CHECK (certain IN (0, 1)), -- 0: an ambiguous alias only
  history INTEGER NOT NULL DEFAULT 0 CHECK (history IN (0, 1)), -- older than backfill: never alerted
  said_at TEXT NOT NULL GENERATED ALWAYS AS ( -- its own date, unless missing or in the future
    CASE WHEN published_at < seen_at THEN published_at ELSE seen_at END
  ) VIRTUAL,
  UNIQUE (source_id, native_id, brand)
) STRICT;
CREATE INDEX mentions_by_time ON mentions (said_at);
CREATE INDEX mentions_by_brand ON mentions (brand, said_at);
CREATE INDEX mentions_by_arrival ON mentions (seen_at);
-- A feed that changes all its ids is recognised by what it says, when and where.
CREATE INDEX mentions_by_text_and_date ON mentions (fingerprint, published_at);
CREATE INDEX mentions_by_text_and_url ON mentions (fingerprint, url);

-- The work list of the classifier: mentions without a verdict. Kept by triggers.
CREATE TABLE unread (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (id) ON DELETE CASCADE,
  said_at TEXT NOT NULL CHECK (said_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;
CREATE INDEX unread_in_order ON unread (said_at, mention_id);

-- Pruned mentions that a source may still show: taken in once, never again.
CREATE TABLE forgotten (
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  native_id TEXT NOT NULL,
  brand TEXT NOT NULL,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'), -- last shown by the source
  PRIMARY KEY (source_id, native_id, brand)
) STRICT, WITHOUT ROWID;

CREATE TABLE engagement ( -- one row per changed reading
  mention_id INTEGER NOT NULL REFERENCES mentions (id) ON DELETE CASCADE,
  seen_at TEXT NOT NULL CHECK (seen_at GLOB '????-??-??T??:??:??.??????Z'),
  name TEXT NOT NULL,            -- likes, reposts, replies, quotes, views, score
  value REAL NOT NULL,
  PRIMARY KEY (mention_id, name, seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdicts (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (id) ON DELETE CASCADE,
  model TEXT NOT NULL,           -- directory of the model that said so
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  language TEXT,
  about REAL NOT NULL,           -- probabilities; all but `about` are given that it is about the brand
  negative REAL NOT NULL,
  neutral REAL NOT NULL,
  positive REAL NOT NULL,
  alarm REAL NOT NULL,
  complaint REAL NOT NULL,
  outrage REAL NOT NULL,
  firsthand REAL NOT NULL,
  severity REAL NOT NULL,        -- 0 to 4
  harms TEXT NOT NULL CHECK (json_valid(harms)) -- {name: probability}
) STRICT;

CREATE TABLE stories (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  brand TEXT NOT NULL,
  last_added_at TEXT NOT NULL CHECK (last_added_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;
CREATE INDEX stories_by_time ON stories (last_added_at);

CREATE TABLE story_mentions (
  mention_id INTEGER PRIMARY KEY REFERENCES mentions (id) ON DELETE CASCADE,
  story_id INTEGER REFERENCES stories (id) ON DELETE CASCADE, -- NULL: belongs to none
  how TEXT NOT NULL              -- same text, repost, similar 0.42, new story, ...
) STRICT;
CREATE INDEX story_mentions_by_story ON story_mentions (story_id);

CREATE TABLE incidents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  brand TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved', 'dismissed', 'merged')),
  level TEXT NOT NULL CHECK (level IN ('quiet', 'watch', 'warning', 'critical')),
  severity REAL NOT NULL,        -- 0 to 4
  risk REAL NOT NULL CHECK (risk BETWEEN 0 AND 1),
  viral_probability REAL,
  forecast_now INTEGER,          -- mentions when the forecast was made
  forecast_low REAL,             -- 80 % interval for forecast_at
  forecast_mid REAL,
  forecast_high REAL,
  forecast_at TEXT CHECK (forecast_at GLOB '????-??-??T??:??:??.??????Z'),
  opened_at TEXT NOT NULL CHECK (opened_at GLOB '????-??-??T??:??:??.??????Z'),
  first_seen_at TEXT NOT NULL CHECK (first_seen_at GLOB '????-??-??T??:??:??.??????Z'),
  last_seen_at TEXT NOT NULL CHECK (last_seen_at GLOB '????-??-??T??:??:??.??????Z'),
  acknowledged_at TEXT CHECK (acknowledged_at GLOB '????-??-??T??:??:??.??????Z'),
  acknowledged_by TEXT,
  assigned_to TEXT,
  statement_at TEXT CHECK (statement_at GLOB '????-??-??T??:??:??.??????Z'),
  resolved_at TEXT CHECK (resolved_at GLOB '????-??-??T??:??:??.??????Z'),
  snoozed_until TEXT CHECK (snoozed_until GLOB '????-??-??T??:??:??.??????Z'),
  harms TEXT NOT NULL CHECK (json_valid(harms)), -- [name], worst first
  mention_count INTEGER NOT NULL,
  repost_count INTEGER NOT NULL,
  author_count INTEGER NOT NULL,
  source_count INTEGER NOT NULL,
  story_id INTEGER REFERENCES stories (id),
  alerted_level TEXT NOT NULL CHECK (alerted_level IN ('quiet', 'watch', 'warning', 'critical')),
  last_alert_at TEXT CHECK (last_alert_at GLOB '????-??-??T??:??:??.??????Z'),
  raised_at TEXT CHECK (raised_at GLOB '????-??-??T??:??:??.??????Z'), -- opened, rose or reopened
  reminders INTEGER NOT NULL,    -- since the last acknowledgement
  handed_on INTEGER NOT NULL     -- escalation steps taken since then
) STRICT;
CREATE INDEX incidents_by_status ON incidents (status);
CREATE INDEX incidents_by_brand ON incidents (brand, last_seen_at);
CREATE INDEX incidents_by_story ON incidents (story_id);

CREATE TABLE incident_mentions (
  incident_id INTEGER NOT NULL REFERENCES incidents (id),
  mention_id INTEGER NOT NULL REFERENCES mentions (id),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'), -- when it was added
  PRIMARY KEY (incident_id, mention_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_mentions_by_mention ON incident_mentions (mention_id);

CREATE TABLE decisions ( -- the silent ones too
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER REFERENCES incidents (id),
  story_id INTEGER REFERENCES stories (id) ON DELETE SET NULL,
  mention_id INTEGER REFERENCES mentions (id) ON DELETE SET NULL, -- NULL: a timer made it due
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  reason TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('quiet', 'watch', 'warning', 'critical')),
  risk REAL NOT NULL CHECK (risk BETWEEN 0 AND 1),
  parts TEXT NOT NULL CHECK (json_valid(parts)) -- [{name, value, sentence}]; values add up to risk
) STRICT;
CREATE INDEX decisions_by_incident ON decisions (incident_id);
CREATE INDEX decisions_by_story ON decisions (story_id);
CREATE INDEX decisions_by_mention ON decisions (mention_id);
CREATE INDEX decisions_silent ON decisions (at) WHERE incident_id IS NULL;

CREATE TABLE statements ( -- what the brand itself said
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER REFERENCES incidents (id),
  brand TEXT NOT NULL,
  source_id INTEGER REFERENCES sources (id),
  native_id TEXT,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  url TEXT,
  title TEXT,
  text TEXT NOT NULL,
  checks TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(checks)),
  UNIQUE (source_id, native_id, brand)
) STRICT;
CREATE INDEX statements_by_url ON statements (url);
CREATE INDEX statements_by_incident ON statements (incident_id);

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER REFERENCES incidents (id), -- NULL: operational
  type TEXT NOT NULL,
  level TEXT CHECK (level IN ('quiet', 'watch', 'warning', 'critical')),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.??????Z'),
  body TEXT NOT NULL CHECK (json_valid(body)) -- as it is signed and sent
) STRICT;
CREATE INDEX alerts_by_incident ON alerts (incident_id);
CREATE INDEX alerts_by_type ON alerts (type, created_at);

CREATE TABLE deliveries ( -- the outbox: one row per alert and webhook
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id INTEGER NOT NULL REFERENCES alerts (id),
  webhook TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'delivered', 'superseded', 'dead')),
  attempt INTEGER NOT NULL DEFAULT 0, -- attempts made
  next_attempt_at TEXT CHECK (next_attempt_at GLOB '????-??-??T??:??:??.??????Z'),
  delivered_at TEXT CHECK (delivered_at GLOB '????-??-??T??:??:??.??????Z'),
  UNIQUE (alert_id, webhook),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
  CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
) STRICT;
CREATE INDEX deliveries_pending ON deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_webhook ON deliveries (webhook, state);

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  status INTEGER,                -- of HTTP; NULL: no answer
  error TEXT,
  seconds REAL NOT NULL
) STRICT;
CREATE INDEX attempts_by_delivery ON attempts (delivery_id);

CREATE TABLE actions ( -- what people, or the monitor itself, did
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER NOT NULL REFERENCES incidents (id),
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z'),
  actor TEXT NOT NULL,
  verb TEXT NOT NULL,
  text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX actions_by_incident ON actions (incident_id);

CREATE TABLE webhooks ( -- how each one does; its address and secret are never stored
  name TEXT PRIMARY KEY,
  disabled_at TEXT CHECK (disabled_at GLOB '????-??-??T??:??:??.??????Z'), -- until `monitor webhook enable`
  failing_since TEXT CHECK (failing_since GLOB '????-??-??T??:??:??.??????Z'),
  last_success_at TEXT CHECK (last_success_at GLOB '????-??-??T??:??:??.??????Z'),
  not_before TEXT CHECK (not_before GLOB '????-??-??T??:??:??.??????Z'), -- it asked us to wait (Retry-After)
  last_attempt_at TEXT CHECK (last_attempt_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TABLE heartbeats ( -- proof of life of the daemon
  name TEXT PRIMARY KEY,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;
