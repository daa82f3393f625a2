"""Whether posts tell of something long past: by a year that they name, or "years ago".

An old scandal is told again on its anniversary, and reads like a new one. Whoever is told of it
should know; it makes no story smaller, for what is old may have new proof. Knows no history: it
reads what the posts say of themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: So many years back is not what happened last winter.
_LONG = 2
#: One post that names a year may be about anything.
_FEWEST = 2
# A customer "since 2009" speaks of today; sums, dates in addresses and hashtags name no year.
_YEAR = re.compile(
    r"(?<![\w.,£$€#/-])(?<!since )(19[5-9]\d|20\d\d)(?![\w%/-]|[.,]\d)", re.IGNORECASE
)
_AGO = re.compile(r"\b(?:years|decades?) ago\b|\banniversary\b|\bon this day\b", re.IGNORECASE)


def long_past(texts: Sequence[str], *, year: int) -> str | None:
    """How many speak of a time long before `year`, in words; None: fewer than half do."""
    times = [found for text in texts if (found := _time(text, year)) is not None]
    if len(times) < max(_FEWEST, len(texts) / 2):
        return None
    years = Counter(filter(None, times)).most_common(1)
    when = years[0][0] if years else "years ago"
    return f"{len(times)} of {len(texts)} posts speak of {when}"


def _time(text: str, year: int) -> str | None:
    """The last year named that is long past; empty: so long ago, without a year."""
    named = [each[0] for each in _YEAR.finditer(text) if int(each[0]) <= year - _LONG]
    if named:
        return named[-1]
    return "" if _AGO.search(text) else None
