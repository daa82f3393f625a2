"""From mentions to verdicts. No repost is read again; a text that breaks the model costs itself.

Neither files nor decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from monitor.core.genres import genre
from monitor.core.reading import UNREAD, unread
from monitor.core.settings import Brand
from monitor.core.types import Mention, Reading, Verdict
from monitor.errors import ModelError
from monitor.ports import Classifier
from monitor.stages.naming import Naming
from monitor.stages.running import Run

log = structlog.get_logger()


class Reads:
    """Asks the classifier, and what a brand's ambiguous name stood for so far."""

    def __init__(
        self, *, classifier: Classifier, model: Run, naming: Naming, brands: Iterable[Brand]
    ) -> None:
        self._classifier = classifier
        self._model = model
        self._naming = naming
        self._descriptions = {brand.name: brand.description for brand in brands}

    def readings(self, mentions: Sequence[Mention]) -> list[Reading]:
        """What the classifier is asked about each."""
        return [reading(mention, self._descriptions) for mention in mentions]

    async def verdicts(
        self, mentions: Sequence[Mention], known_of: Callable[[Mention], Verdict | None]
    ) -> list[Verdict]:
        """In the order of the mentions; what is known of one already is taken over."""
        known = [known_of(mention) for mention in mentions]
        new = [m for m, verdict in zip(mentions, known, strict=True) if verdict is None]
        read = map(self._naming.heard, new, await self._classify(self.readings(new)))
        return [verdict or next(read) for verdict in known]

    async def _classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        """One text that breaks the model costs itself alone; if none can be read, we stop."""
        try:
            return await self._model(self._classifier.classify, readings)
        except Exception:
            log.exception("texts could not be read", texts=len(readings))
            if len(readings) < 2:
                return tuple(unread() for _ in readings)
        found = [(await self._classify([reading]))[0] for reading in readings]
        if all(verdict.model == UNREAD for verdict in found):
            raise ModelError(f"{self._classifier.name}: none of {len(found)} texts could be read")
        return tuple(found)


def reading(mention: Mention, descriptions: Mapping[str, str]) -> Reading:
    """What the classifier is asked about one mention."""
    return Reading(
        brand=mention.brand,
        description=descriptions.get(mention.brand, ""),
        text=mention.full_text,
        source=genre(mention.kind),
    )
