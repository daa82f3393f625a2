"""Find out which well-known cases resemble what people are told of: read its evidence, compare.

What makes a case alike is decided in `core.resemblance`. The sentences of the cases are read by
the same model as the mentions, once, when something is to be told for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from monitor.core.meaning import meaning_of
from monitor.core.precedents import Precedent
from monitor.core.resemblance import Library, telling
from monitor.core.types import Mention, Reading, Resemblance, Verdict
from monitor.ports import Classifier
from monitor.stages.docket import Docket
from monitor.stages.running import Run

log = structlog.get_logger()

#: Readings remembered: an incident is told again and again with much the same evidence.
_REMEMBERED = 2048


class Likening:
    """The library and who reads for it."""

    def __init__(self, precedents: Sequence[Precedent], classifier: Classifier) -> None:
        self._precedents = precedents
        self._classifier = classifier
        self._library: Library | None = None
        self._known: dict[Reading, Verdict] = {}

    def __call__(self, asked: Sequence[Sequence[Reading]]) -> tuple[tuple[Resemblance, ...], ...]:
        """The cases that each incident resembles, by its texts; blocks while it reads."""
        return tuple(self._compare(readings) for readings in asked)

    def _compare(self, readings: Sequence[Reading]) -> tuple[Resemblance, ...]:
        if not self._precedents or not readings:
            return ()
        self._library = self._library or self._read_library()
        return self._library.resembling(telling(readings, self._read(readings)))

    def _read(self, readings: Sequence[Reading]) -> list[Verdict]:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = [reading for reading in dict.fromkeys(readings) if reading not in self._known]
        self._known |= zip(new, self._classifier.classify(new), strict=True)
        return [self._known[reading] for reading in readings]

    def _read_library(self) -> Library:
        meanings = [
            [meaning_of(verdict) for verdict in self._classifier.classify(sentences(one))]
            for one in self._precedents
        ]
        return Library.of(self._precedents, meanings)


def sentences(case: Precedent) -> list[Reading]:
    """As mentions of a brand of its trade: its own name would draw it towards its namesake."""
    return [Reading(brand="the company", description=case.sector, text=text) for text in case.told]


async def liken(
    docket: Docket,
    likening: Likening,
    *,
    model: Run,
    readings: Callable[[Sequence[Mention]], Sequence[Reading]],
) -> None:
    """Note on each incident that people are told of now which cases it resembles."""
    told = {i: story for i, story in docket.tracked.items() if i in docket.tidings.told}
    asked = [readings(story.telling) for story in told.values()]
    try:
        found = await model(likening, asked)
    except Exception:
        # An alert without its precedents is better than no alert.
        log.exception("cases could not be compared", incidents=len(told))
        return
    docket.liken(dict(zip(told, found, strict=True)))
