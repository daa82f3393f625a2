"""The forecast of a story against what its brand is used to: what "viral" means for whom.

Does not forecast (see `growth`) and does not count (the store does).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Final

from monitor.core.growth import VIRAL_SIZE, GrowthModel, forecast
from monitor.core.tally import StoryFacts
from monitor.core.types import Forecast

#: Of a hundred stories of a brand one is larger: that is viral for it.
SHARE: Final = 0.99
#: With fewer stories nobody knows a hundredth.
LEAST_STORIES: Final = 200
#: However quiet a brand is, fewer mentions than this are not called viral.
LEAST_SIZE: Final = 50.0
#: (brand, mentions of a story, how many stories of the brand have so many).
Sizes = Iterable[tuple[str, int, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """Callable on what is known of a story."""

    model: GrowthModel
    #: Mentions from which a story is viral, by brand; `growth.VIRAL_SIZE` for all others.
    viral: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, facts: StoryFacts, now: datetime) -> Forecast | None:
        """What will have become of a story in a day; None before its first mention."""
        if not facts.mention_count:
            return None
        size = self.viral.get(facts.brand, VIRAL_SIZE)
        return forecast(facts, now, self.model, threshold=size)


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


def _percentile(known: Mapping[int, int]) -> int:
    """The smallest size that `SHARE` of the stories do not exceed."""
    sizes = sorted(known)
    below = accumulate(known[size] for size in sizes)
    wanted = SHARE * sum(known.values())
    return next(size for size, count in zip(sizes, below, strict=True) if count >= wanted)
