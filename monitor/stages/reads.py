"""From mentions to verdicts. No repost is read again; a text that breaks the model costs itself.

Neither files nor decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from monitor.core.brands import Matcher
from monitor.core.genres import genre
from monitor.core.reading import UNREAD, unread
from monitor.core.readings import is_edited
from monitor.core.settings import Brand
from monitor.core.subject import LEAST, own_words, tempered
from monitor.core.types import Mention, Reading, Verdict
from monitor.errors import ModelError
from monitor.ports import Classifier
from monitor.stages.naming import Naming, outright
from monitor.stages.running import Run

log = structlog.get_logger()


class Reads:
    """Asks the classifier, and what a brand's ambiguous name stood for so far."""

    def __init__(
        self,
        *,
        classifier: Classifier,
        model: Run,
        naming: Naming,
        brands: Iterable[Brand],
        matcher: Matcher,
    ) -> None:
        self._classifier = classifier
        self._model = model
        self._naming = naming
        self._descriptions = {brand.name: brand.description for brand in brands}
        self._matcher = matcher

    def readings(self, mentions: Sequence[Mention]) -> list[Reading]:
        """What the classifier is asked about each."""
        return [reading(mention, self._descriptions) for mention in mentions]

    async def verdicts(
        self, mentions: Sequence[Mention], known_of: Callable[[Mention], Verdict | None]
    ) -> list[Verdict]:
        """In the order of the mentions; what is known of one already is taken over."""
        known = [known_of(mention) for mention in mentions]
        new = [m for m, verdict in zip(mentions, known, strict=True) if verdict is None]
        said = map(outright, new, await self._classify(self.readings(new)))
        found = await self._consider(new, list(said))
        read = map(self._naming.heard, new, found)
        return [verdict or next(read) for verdict in known]

    async def _consider(
        self, mentions: Sequence[Mention], verdicts: Sequence[Verdict]
    ) -> list[Verdict]:
        """Read what alarming reports say of the brand by itself, and believe no more than that."""
        own = [self._own_words(*each) for each in zip(mentions, verdicts, strict=True)]
        asked = [each for each in own if each is not None]
        heard = iter(await self._classify(asked) if asked else ())
        return [
            tempered(
                verdict, outright(mention, next(heard)), headlined=self._is_headlined(mention)
            )
            if again is not None
            else verdict
            for mention, verdict, again in zip(mentions, verdicts, own, strict=True)
        ]

    def _own_words(self, mention: Mention, verdict: Verdict) -> Reading | None:
        if not is_edited(mention) or verdict.alarm * verdict.about < LEAST:
            return None
        names = partial(self._matcher.names, brand=mention.brand)
        words = own_words(mention.full_text, names)
        if words is None:
            return None
        return replace(reading(mention, self._descriptions), text=words)

    def _is_headlined(self, mention: Mention) -> bool:
        return self._matcher.names(mention.title or "", brand=mention.brand)

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
