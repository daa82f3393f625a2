"""The same entry under an older id: some feeds give their entries other ids, dates and links.

Writes nothing, and runs inside the transaction of its caller (see `store_poll`).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import Values, json_text
from monitor.core.shown import is_listed
from monitor.core.types import full_text
from monitor.core.wordings import is_telling

# Some feeds give all their entries new ids whenever their software changes. What is shown beside
# an entry under an id of its own is another, unless both are at one address.
_FIND_TWIN = """
SELECT * FROM mentions
WHERE fingerprint = :fingerprint AND published_at = :published_at
  AND source_id = :source_id AND brand = :brand
  AND (author IS :author OR deleted_at IS NOT NULL)
  AND native_id NOT IN (SELECT value FROM json_each(:shown))
UNION ALL
SELECT * FROM mentions
WHERE fingerprint = :fingerprint AND url = :url
  AND source_id = :source_id AND brand = :brand
  AND (author IS :author OR deleted_at IS NOT NULL)
LIMIT 1
"""
# Where nothing stays but the words: which of them was listed by the answer before is told below.
_FIND_LIKE = """
SELECT * FROM mentions
WHERE fingerprint = :fingerprint AND source_id = :source_id AND brand = :brand
  AND author IS :author AND deleted_at IS NULL
  AND native_id NOT IN (SELECT value FROM json_each(:shown))
ORDER BY id DESC
LIMIT 500
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a source lists beside an entry, and what it listed before."""

    #: Native ids of this answer.
    shown: AbstractSet[str]
    #: Digest of the answer before (see `core.shown`); empty: not known.
    listed: str


def twin(connection: Connection, values: Values, beside: Beside) -> Row | None:
    """The same entry under an older id; None if there is none."""
    given = {**values, "shown": json_text(sorted(beside.shown))}
    found: Row | None = connection.execute(_FIND_TWIN, given).fetchone()
    return found or _replaced(connection, given, beside.listed)


def _replaced(connection: Connection, given: Values, listed: str) -> Row | None:
    """What stood in its place until now, with the same words of the same author.

    Short words of nobody in particular ("down again") may be those of another customer.
    """
    if not listed or not (given["author"] or is_telling(full_text(given["title"], given["text"]))):
        return None
    like = connection.execute(_FIND_LIKE, given)
    return next((row for row in like if is_listed(row["native_id"], listed)), None)
