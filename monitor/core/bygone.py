"""Whether posts tell of something long past: by a year that they name, their date, "years ago".

An old scandal is told again on its anniversary, and reads like a new one. Whoever is told of it
should know; it makes no story smaller, for what is old may have new proof. Knows no history: it
reads what the posts say of themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

#: So many years back is not what happened last winter.
_LONG = 2
#: One post that names a year may be about anything.
_FEWEST = 2
# A customer "since 2009" speaks of today; sums, dates in addresses and hashtags name no year.
_YEAR = re.compile(
    r"(?<![\w.,£$€#/-])(?<!since )(19[5-9]\d|20\d\d)(?![\w%/-]|[.,]\d)", re.IGNORECASE
)
_AGO = re.compile(r"\b(?:years|decades?) ago\b|\banniversary\b|\bon this day\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bygone:
    """What posts say of a time long past."""

    #: "2014", or "years ago".
    when: str
    #: How many speak of it, in words.
    said: str


def long_past(texts: Sequence[str], *, year: int, dated: Sequence[int] = ()) -> Bygone | None:
    """What they say of a time long before `year`; None: fewer than half do.

    `dated` are the years in which they were said, in the same order. One that was itself said long
    ago is old, whatever it speaks of.
    """
    said_in = dated or (year,) * len(texts)
    old = [_is_long_before(said, year) for said in said_in]
    told = zip(texts, said_in, old, strict=True)
    times = [str(said) if is_old else _time(text, year) for text, said, is_old in told]
    known = [each for each in times if each is not None]
    if len(known) < max(1 if any(old) else _FEWEST, len(texts) / 2):
        return None
    years = Counter(filter(None, known)).most_common(1)
    when = years[0][0] if years else "years ago"
    if len(texts) == 1:
        return Bygone(when, f"the one post is from {when}")
    said = f"{len(known)} of {len(texts)} posts speak of {when}"
    return Bygone(when, f"{said}, or are from then" if any(old) else said)


def _is_long_before(said: int, year: int) -> bool:
    return said <= year - _LONG


def _time(text: str, year: int) -> str | None:
    """The last year named that is long past; empty: so long ago, without a year."""
    named = [each[0] for each in _YEAR.finditer(text) if _is_long_before(int(each[0]), year)]
    if named:
        return named[-1]
    return "" if _AGO.search(text) else None
