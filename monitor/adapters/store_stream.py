"""What a stream asks of the store: which posts that are passed on, or deleted, are ours.

Writes nothing; runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import json_text, mention_from
from monitor.core.types import Mention

# What was asked for may be a repost itself: who reposts it passes on the same original.
_ORIGINALS = """
SELECT original.*, sources.name AS source, mentions.native_id AS asked
FROM mentions
JOIN mentions AS original ON original.source_id = mentions.source_id
  AND original.native_id = coalesce(mentions.repost_of, mentions.native_id)
  AND original.brand = mentions.brand
JOIN sources ON sources.id = original.source_id
WHERE mentions.source_id = :source_id AND mentions.native_id IN (SELECT value FROM json_each(:ids))
  AND mentions.deleted_at IS NULL AND original.repost_of IS NULL AND original.deleted_at IS NULL
"""
# A prefix ends with "/"; "0" is the next character, so that the index finds the range. Reposts
# share the fingerprint of what they pass on, which is how an index finds them.
_GONE = """
WITH gone AS (
  SELECT native_id, fingerprint FROM mentions
  WHERE source_id = :source_id AND deleted_at IS NULL
    AND native_id IN (SELECT value FROM json_each(:ids))
  UNION
  SELECT native_id, fingerprint FROM json_each(:prefixes) AS prefix
  CROSS JOIN mentions ON source_id = :source_id AND native_id > prefix.value
    AND native_id < substr(prefix.value, 1, length(prefix.value) - 1) || '0'
  WHERE deleted_at IS NULL
), taken_back AS (
  SELECT native_id FROM statements
  WHERE source_id = :source_id AND deleted_at IS NULL
    AND native_id IN (SELECT value FROM json_each(:ids))
  UNION
  SELECT native_id FROM json_each(:prefixes) AS prefix
  CROSS JOIN statements ON source_id = :source_id AND native_id > prefix.value
    AND native_id < substr(prefix.value, 1, length(prefix.value) - 1) || '0'
  WHERE deleted_at IS NULL
)
SELECT native_id FROM gone
UNION
SELECT native_id FROM taken_back
UNION
SELECT mentions.native_id FROM gone
CROSS JOIN mentions ON mentions.fingerprint = gone.fingerprint
WHERE mentions.source_id = :source_id AND mentions.repost_of = gone.native_id
  AND mentions.deleted_at IS NULL
"""
# What stands behind the last slash.
_PAGES = """
WITH said AS (
  SELECT native_id, url FROM mentions WHERE source_id = :source_id AND deleted_at IS NULL
  UNION
  SELECT native_id, url FROM statements WHERE source_id = :source_id AND deleted_at IS NULL
)
SELECT native_id FROM said
WHERE replace(url, rtrim(url, replace(url, '/', '')), '') IN (SELECT value FROM json_each(:names))
"""


def originals(
    connection: Connection, source_id: int, native_ids: Collection[str]
) -> tuple[Mention, ...]:
    where = {"source_id": source_id, "ids": json_text(sorted(native_ids))}
    return tuple(_original(row) for row in connection.execute(_ORIGINALS, where))


def _original(row: Row) -> Mention:
    """Under the id that was asked for."""
    original = mention_from(row, {})
    if row["asked"] == original.native_id:
        return original
    return replace(original, native_id=row["asked"], repost_of=original.native_id)


def of_pages(connection: Connection, source_id: int, names: Collection[str]) -> tuple[str, ...]:
    """Native ids of those whose addresses end so. Looks at every mention of the source."""
    where = {"source_id": source_id, "names": json_text(sorted(names))}
    return tuple(row[0] for row in connection.execute(_PAGES, where))


def gone(
    connection: Connection,
    source_id: int,
    *,
    native_ids: Collection[str],
    prefixes: Collection[str],
) -> tuple[str, ...]:
    where = {
        "source_id": source_id,
        "ids": json_text(sorted(native_ids)),
        "prefixes": json_text(sorted(prefixes)),
    }
    return tuple(row[0] for row in connection.execute(_GONE, where))
