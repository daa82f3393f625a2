"""Read a few texts again without some of their words, to tell people which moved the alarm.

Which words to leave out, and what follows, is decided in `core.explain`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from monitor.core.explain import Inquiry, Span, Word, inquiry, moved, next_spans, words
from monitor.core.types import Mention, Reading
from monitor.ports import Classifier
from monitor.stages.tracked import TrackedStory


def explain(
    classifier: Classifier,
    readings: Sequence[Reading],
    names: Mapping[str, Iterable[str]] | None = None,
) -> tuple[tuple[Word, ...], ...]:
    """The words of each text, biggest change of `alarm` first; at most 25 readings a text.

    `names` are what a brand is called besides its name, by name.
    """
    asked = [inquiry(reading, (names or {}).get(reading.brand, ())) for reading in readings]
    alarms = [verdict.alarm for verdict in classifier.classify([one.reading for one in asked])]
    tried: list[dict[Span, float]] = [{} for _ in asked]
    while _try_next(classifier, asked, alarms, tried):
        pass
    return tuple(words(one, found) for one, found in zip(asked, tried, strict=True))


def _try_next(
    classifier: Classifier,
    asked: Sequence[Inquiry],
    alarms: Sequence[float],
    tried: Sequence[dict[Span, float]],
) -> bool:
    """Leave out what is next of every text, all in one call; say whether there was anything."""
    wanted = [
        (at, span)
        for at, one in enumerate(asked)
        for span in next_spans(len(one.places), tried[at])
    ]
    if not wanted:
        return False
    verdicts = classifier.classify([asked[at].without(span) for at, span in wanted])
    for (at, span), verdict in zip(wanted, verdicts, strict=True):
        tried[at][span] = moved(alarms[at], verdict.alarm)
    return True


def unexplained(
    stories: Mapping[int, TrackedStory], told: Collection[int]
) -> list[tuple[TrackedStory, Mention]]:
    """The texts that lead what people are `told` now, or that nobody explained since the start.

    `stories` and `told` are by incident. What was explained once is not asked about again.
    """
    return [
        (story, mention)
        for incident_id, story in stories.items()
        if incident_id in told or not story.words
        for mention in story.leading
        if mention.id not in story.words
    ]
