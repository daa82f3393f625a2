"""Stories that are over: when their mentions were made.

Writes nothing; what follows for the brand is in `core.outlook`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from monitor.adapters.connect import Connection

#: How many mentions a story has at least, and how many stories are read, the newest.
_LEAST = 5
_MOST = 300
# Over: nothing was added for two days, counted from the newest story, not from a clock.
_PAST = """
WITH over AS (
  SELECT id, brand FROM stories
  WHERE last_added_at <= (
      SELECT strftime('%Y-%m-%dT%H:%M:%f', max(last_added_at), '-2 days') FROM stories
    )
    AND (SELECT count(*) FROM (SELECT 1 FROM story_mentions WHERE story_id = stories.id LIMIT ?))
      = ?
  ORDER BY last_added_at DESC LIMIT ?
)
SELECT over.id, over.brand, 86400.0 * julianday(said_at) AS said
FROM over JOIN story_mentions ON story_mentions.story_id = over.id
JOIN mentions ON mentions.id = mention_id
WHERE NOT history
ORDER BY over.id, said
"""


def past_stories(connection: Connection) -> Iterator[tuple[str, tuple[float, ...]]]:
    """(brand, seconds from the first mention to each), of stories of a few mentions or more."""
    rows = connection.execute(_PAST, (_LEAST, _LEAST, _MOST))
    for (_, brand), story in groupby(rows, key=lambda row: (row[0], row[1])):
        said = [row[2] for row in story]
        # A day counted in Julian days is exact to some tens of microseconds.
        yield brand, tuple(round(each - said[0], 3) for each in said)
