-- Views for people, in Datasette or with any SQLite tool.

CREATE VIEW open_incidents AS
SELECT
  id, brand, title, level, status,
  round(risk, 2) AS risk,
  round(severity, 1) AS severity,
  harms,
  mention_count AS mentions,
  author_count AS authors,
  source_count AS sources,
  round(forecast_mid) AS forecast,
  forecast_at,
  round(viral_probability, 2) AS viral_probability,
  opened_at, first_seen_at, last_seen_at,
  acknowledged_at, acknowledged_by, assigned_to, snoozed_until, statement_at
FROM incidents
WHERE status IN ('open', 'acknowledged', 'snoozed')
ORDER BY
  CASE level WHEN 'critical' THEN 3 WHEN 'warning' THEN 2 WHEN 'watch' THEN 1 ELSE 0 END DESC,
  incidents.risk DESC,
  id;

-- One line per thing that happened. Of the decisions only those that changed the level.
CREATE VIEW incident_timeline AS
SELECT incident_id, at, what, who, detail FROM (
  SELECT id AS incident_id, first_seen_at AS at, 1 AS step,
    'first seen' AS what, NULL AS who, title AS detail
  FROM incidents
  UNION ALL
  SELECT incident_id, at, 2, 'level ' || level, 'monitor', reason
  FROM (
    SELECT incident_id, at, level, reason,
      lag(level) OVER (PARTITION BY incident_id ORDER BY id) AS before
    FROM decisions
    WHERE incident_id IS NOT NULL
  )
  WHERE level IS NOT before
  UNION ALL
  SELECT incident_id, at, 3, verb, actor, text FROM actions
  UNION ALL
  SELECT incident_id, at, 4, 'statement', brand, coalesce(url || ' ', '') || text
  FROM statements
  WHERE incident_id IS NOT NULL
  UNION ALL
  SELECT incident_id, created_at, 5, type, 'monitor', coalesce(level, '')
  FROM alerts
  WHERE incident_id IS NOT NULL
  UNION ALL
  SELECT alerts.incident_id, deliveries.delivered_at, 6, 'delivered', webhook,
    alerts.type || CASE WHEN attempt > 1 THEN ', attempt ' || attempt ELSE '' END
  FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
  WHERE state = 'delivered' AND alerts.incident_id IS NOT NULL
)
ORDER BY incident_id, at, step;

CREATE VIEW source_health AS
SELECT
  sources.id, name, kind, url, state, state_since, last_success_at, next_poll_at, failures,
  sources.note,
  polls.at AS last_poll_at,
  polls.outcome AS last_outcome,
  polls.status AS last_status,
  polls.items AS last_items,
  polls.new_items AS last_new_items,
  round(polls.seconds, 2) AS last_seconds,
  blind
FROM sources LEFT JOIN polls ON polls.id = (
  SELECT max(id) FROM polls WHERE source_id = sources.id
)
WHERE configured
ORDER BY
  CASE state WHEN 'failing' THEN 0 WHEN 'stale' THEN 1 WHEN 'throttled' THEN 2
    WHEN 'disabled' THEN 3 ELSE 4 END,
  name;

CREATE VIEW delivery_health AS
SELECT
  names.name AS webhook,
  CASE
    WHEN disabled_at IS NOT NULL THEN 'disabled'
    WHEN failing_since IS NOT NULL THEN 'failing'
    WHEN last_success_at IS NULL THEN 'not used yet'
    ELSE 'working'
  END AS state,
  (SELECT count(*) FROM deliveries WHERE webhook = names.name AND state = 'pending') AS pending,
  (SELECT count(*) FROM deliveries WHERE webhook = names.name AND state = 'delivered') AS delivered,
  (SELECT count(*) FROM deliveries WHERE webhook = names.name AND state = 'superseded') AS superseded,
  (SELECT count(*) FROM deliveries WHERE webhook = names.name AND state = 'dead') AS dead,
  (
    SELECT min(alerts.created_at) FROM deliveries JOIN alerts ON alerts.id = alert_id
    WHERE webhook = names.name AND state = 'pending'
  ) AS oldest_pending_at,
  last_success_at, last_attempt_at, failing_since, disabled_at
FROM (SELECT name FROM webhooks UNION SELECT webhook FROM deliveries) AS names
LEFT JOIN webhooks ON webhooks.name = names.name
ORDER BY names.name;

-- Good service told as a story: for thanks to the staff, and for the weekly digest.
CREATE VIEW praise AS
SELECT
  mentions.id AS mention_id, brand, said_at,
  sources.name AS source,
  author, mentions.url, title, text,
  round(json_extract(harms, '$.praise'), 2) AS praise,
  round(about, 2) AS about
FROM verdicts
JOIN mentions ON mentions.id = verdicts.mention_id
JOIN sources ON sources.id = mentions.source_id
WHERE verdicts.about >= 0.5 AND json_extract(harms, '$.praise') >= 0.5
ORDER BY said_at DESC;
