"""How a mention becomes the input of the classifier, and its numbers a verdict.

Pure text and arithmetic: which part of a long text is read, where the brand stands in it.
It knows no tokenizer and no model; the training code uses the
same functions, so that what is served is what was trained.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from monitor.core.noise import without_noise
from monitor.core.text import nfkc
from monitor.core.types import HARMS, Reading, Stance, Verdict

#: The model named in the verdict of a text that could not be read.
UNREAD = "unread"
#: Characters of a long text that are looked at: its head and the surroundings of the brand.
MAX_CHARS = 4000
#: Nothing beyond this is searched for the brand.
_LOOKED_AT = 200_000
_HEAD_CHARS = 1200
_AROUND_CHARS = 400
_GAP = " … "
_NEVER_SURE = 1e-6
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


def subject(reading: Reading) -> str:
    """First segment: `source | brand: description`, without the parts that are empty."""
    named = ": ".join(part for part in (reading.brand.strip(), _described(reading)) if part)
    return " | ".join(part for part in (reading.source.strip(), named) if part)


def _described(reading: Reading) -> str:
    """The description without the brand's name in front (`Honda: maker of cars`)."""
    description, brand = reading.description.strip(), reading.brand.strip()
    if brand and description.lower().startswith(f"{brand.lower()}:"):
        return description[len(brand) + 1 :].strip()
    return description


def focus(text: str, brand: str) -> str:
    """Second segment: the text, or of a long one its head and the surroundings of the brand.

    At most about `MAX_CHARS` characters, whatever the length of the text. What is only noise to
    the network is left out.
    """
    text = spoken(text)
    if len(text) <= MAX_CHARS:
        return text
    spans = _merged([(0, _HEAD_CHARS), *_surroundings(text, brand), (len(text), len(text))])
    return _GAP.join(text[start:end] for start, end in spans if end > start)


def spoken(text: str) -> str:
    """The words of a text as they are read, in single blanks; of a text without end the head."""
    return plain(without_noise(text[:_LOOKED_AT]))


def plain(text: str) -> str:
    """The text in Unicode form NFKC, links shortened, white space to single blanks.

    Texts that are equal in this form are the same text to the training code, which stores keys
    of it: what is only read otherwise belongs into `noise`.
    """
    return _SPACE.sub(" ", _LINK.sub("http", nfkc(text))).strip()


def _surroundings(text: str, brand: str) -> Iterator[tuple[int, int]]:
    room = (MAX_CHARS - _HEAD_CHARS) // (2 * _AROUND_CHARS)
    for _, start in zip(range(room), positions(text, brand), strict=False):
        yield max(0, start - _AROUND_CHARS), min(len(text), start + _AROUND_CHARS)


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def positions(text: str, brand: str) -> Iterator[int]:
    """Where the words of the brand's name begin, apart by more than the last surroundings."""
    words = _WORD.findall(brand)
    if not words:
        return
    pattern = re.compile(r"\W{0,3}".join(re.escape(word) for word in words), re.IGNORECASE)
    reached = 0
    for match in pattern.finditer(text):
        if match.start() >= reached:
            reached = match.start() + _AROUND_CHARS
            yield match.start()


def kept_tokens(count: int, hits: Sequence[int], budget: int) -> list[int]:
    """Which of `count` tokens are read when only `budget` fit: the head and those around hits.

    `hits` are the places of the brand among the tokens, ascending. Half of the budget goes to
    the head, the rest to the surroundings of the first hits beyond it.
    """
    if count <= budget:
        return list(range(count))
    head = budget // 2
    beyond = [hit for hit in hits if hit >= head] or [head + (budget - head) // 3]
    kept = set(range(head))
    for hit in beyond:
        kept.update(_window(hit, count, budget - len(kept), kept))
    kept.update(_window(head, count, budget - len(kept), kept))
    return sorted(kept)


def _window(hit: int, count: int, room: int, kept: set[int]) -> list[int]:
    start = max(0, min(hit - room // 3, count - room))
    return [place for place in range(start, count) if place not in kept][: max(room, 0)]


def calibrated(logit: float, slope: float, offset: float) -> float:
    """Platt scaling: the probability behind a score, `1 / (1 + exp(-(slope * x + offset)))`.

    Platt (1999), Probabilistic outputs for support vector machines.
    """
    bent = slope * logit + offset
    if bent >= 0:
        return 1.0 / (1.0 + math.exp(-bent))
    return math.exp(bent) / (1.0 + math.exp(bent))


def log_odds(probability: float) -> float:
    """The other way round: natural logarithm of the odds, of a certainty too."""
    sure = min(max(probability, _NEVER_SURE), 1.0 - _NEVER_SURE)
    return math.log(sure / (1.0 - sure))


def softmax(logits: Sequence[float], temperature: float) -> tuple[float, ...]:
    """Probabilities that add up to one; `temperature` above 1 makes them more cautious."""
    top = max(logits)
    weights = [math.exp((logit - top) / temperature) for logit in logits]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def expected_level(at_least: Sequence[float]) -> float:
    """Severity from the probabilities that it is at least 1, 2, 3, 4: their sum, 0 to 4.

    A later one cannot be likelier than an earlier one, so each is capped by those before it.
    """
    total, cap = 0.0, 1.0
    for probability in at_least:
        cap = min(cap, probability)
        total += cap
    return total


def unread() -> Verdict:
    """What is said of a text that breaks the model: nothing."""
    return Verdict(
        model=UNREAD,
        language=None,
        about=0.0,
        stance=Stance(negative=0.0, neutral=1.0, positive=0.0),
        alarm=0.0,
        complaint=0.0,
        outrage=0.0,
        firsthand=0.0,
        severity=0.0,
        harms=dict.fromkeys(HARMS, 0.0),
    )
