"""The forecast of a story against what its brand is used to.

Which size is viral for it, and whether its stories grow as everyday ones do, is learnt from its
past stories.
Does not forecast (see `growth`) and does not count (the store does).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Final

import numpy as np

from monitor.core.curve import Curve
from monitor.core.growth import LEAST, VIRAL_SIZE, GrowthModel, forecast, logistic
from monitor.core.tally import StoryFacts
from monitor.core.types import Forecast

#: Of a hundred stories of a brand one is larger: that is viral for it.
SHARE: Final = 0.99
#: With fewer stories nobody knows a hundredth.
LEAST_STORIES: Final = 200
#: However quiet a brand is, fewer mentions than this are not called viral.
LEAST_SIZE: Final = 50.0
#: How sure it is that a brand's stories are everyday ones before any of them is over. On topics of
#: brands in RepLab, none of which was fitted, the everyday forecast errs least at every age.
EVERYDAY: Final = 0.9
#: Past stories are forecast as they stood at this age, in seconds, up to a week.
LOOKED_AT: Final = 3600.0
UNTIL: Final = 7 * 86400.0
#: A story says no more than this, in logs: one that went astray is not to rule.
MOST_SAID: Final = 1.0
#: (brand, mentions of a story, how many stories of the brand have so many).
Sizes = Iterable[tuple[str, int, int]]
#: (brand, when the mentions of a story that is over were made: seconds since its first).
Past = Iterable[tuple[str, tuple[float, ...]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """Callable on what is known of a story."""

    model: GrowthModel
    #: Size from which a story is viral, by brand; `growth.VIRAL_SIZE` for all others.
    viral: Mapping[str, float] = field(default_factory=dict)
    #: How sure it is that stories of a brand are everyday ones; `EVERYDAY` for all others.
    everyday: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, facts: StoryFacts, now: datetime) -> Forecast | None:
        """What will have become of a story in a day; None before its first mention."""
        if not facts.mention_count:
            return None
        return forecast(
            facts,
            now,
            self.model,
            threshold=self.viral.get(facts.brand, VIRAL_SIZE),
            everyday=self.everyday.get(facts.brand, EVERYDAY),
        )

    def learnt(self, sizes: Sizes, past: Past) -> Outlook:
        """With what the stories of each brand have been like."""
        return Outlook(
            model=self.model, viral=viral_sizes(sizes), everyday=everyday(past, self.model)
        )


def viral_sizes(sizes: Sizes) -> dict[str, float]:
    """The 99th percentile of each brand's stories, of brands with enough of them."""
    counted: dict[str, dict[int, int]] = {}
    for brand, size, stories in sizes:
        counted.setdefault(brand, {})[size] = stories
    return {
        brand: max(LEAST_SIZE, float(_percentile(known)))
        for brand, known in counted.items()
        if sum(known.values()) >= LEAST_STORIES
    }


def everyday(past: Past, model: GrowthModel) -> dict[str, float]:
    """How sure it is that stories of a brand are everyday ones, from those that are over.

    Bayes' rule with Laplace errors of unit scale: a past story speaks for the forecast that came
    nearer to it, by as much as it came nearer in logs.
    """
    start = math.log(EVERYDAY / (1.0 - EVERYDAY))
    odds: dict[str, float] = defaultdict(lambda: start)
    for brand, times in past:
        known = np.asarray([time for time in times if time <= LOOKED_AT], dtype=np.float64)
        if len(known) >= LEAST:
            curve = Curve(times=known, age=LOOKED_AT, horizon=UNTIL)
            odds[brand] += _nearer(curve, math.log(len(times) / len(known)), model)
    return {brand: logistic(each) for brand, each in odds.items()}


def _nearer(curve: Curve, grown: float, model: GrowthModel) -> float:
    """By how much the everyday forecast came nearer than the other one."""
    errors = [abs(grown - each.logs(curve)[1]) for each in (model.mixed, model.everyday)]
    return max(-MOST_SAID, min(MOST_SAID, errors[0] - errors[1]))


def _percentile(known: Mapping[int, int]) -> int:
    """The smallest size that `SHARE` of the stories do not exceed."""
    sizes = sorted(known)
    below = accumulate(known[size] for size in sizes)
    wanted = SHARE * sum(known.values())
    return next(size for size, count in zip(sizes, below, strict=True) if count >= wanted)
