"""How long a source may show nothing new: judged by the gaps between its own news.

A source that answers 200 for ever with an old document is as blind as one that is down. News are
whatever it did not show before (see `shown`): who speaks of whom is not asked. Pure arithmetic on
times; does not know why it is silent, nor whether the failure of polls explains it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

#: How far back from the last news, and how many hours that had some, are looked at: all of them.
WINDOW = timedelta(days=28)
MOST = WINDOW // timedelta(hours=1)
#: Too little history says nothing: fewer gaps, or not one of each day of the week.
LEAST_GAPS = 20
LEAST_SPAN = timedelta(days=8)
#: However sure the arithmetic is: nights, weekends and holidays are not in it.
LONGEST_TIMES = 2.0
#: Who works by day, and had no night in so short a history, is no worse than this.
LEAST = timedelta(days=1)
YEAR = timedelta(days=365)


def allowed(news: Sequence[datetime]) -> timedelta | None:
    """Give the longest silence that the history allows; None while it is too short to say.

    `news` are the times of polls that showed something new, ascending. If news came at random at
    a constant rate, a gap would be exponential; with the rate learnt from `n` gaps of total length
    `T`, the next one exceeds `g` with probability `(1 + g / T) ** -n` (the predictive distribution
    under Jeffreys' prior: a Lomax distribution). The bound is where as many gaps as a year holds
    exceed it once: one false alarm a year and source. Real news come in bursts and by day, so that
    twice the longest gap seen is allowed too: whatever their distribution, the next of `n` gaps
    exceeds even the longest once in `n + 1` times only, if they are exchangeable.
    """
    lately = [at for at in news if at >= news[-1] - WINDOW]
    gaps = [later - earlier for earlier, later in pairwise(lately)]
    total = sum(gaps, timedelta(0))
    if len(gaps) < LEAST_GAPS or total < LEAST_SPAN:
        return None
    chance = min(1.0, total / len(gaps) / YEAR)
    exponential = total * (math.pow(chance, -1 / len(gaps)) - 1)
    return max(LEAST, exponential, LONGEST_TIMES * max(gaps))


def silence(news: Sequence[datetime], *, seen: datetime) -> timedelta | None:
    """Give how long nothing new was there when it was last `seen`, if that is longer than allowed.

    None: it is not, or the history is too short to say.
    """
    most = allowed(news)
    gap = seen - news[-1] if news else timedelta(0)
    return gap if most is not None and gap > most else None
