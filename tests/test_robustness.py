"""How much the shipped model's scores move when a text is disturbed, on sentences of our own.

The bounds were set from what was measured (`pytest tests/test_robustness.py -s` prints it), with
room, so that a model trained anew passes unless it is clearly less robust. Where the bound is
`SAME`, cleaning makes the disturbed text equal to the plain one, and nothing may move at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from monitor.adapters.classifier import OnnxClassifier
from monitor.core.types import Reading, Verdict
from monitor.stages.explaining import explain
from tests.disturbances import (
    BRAND,
    CALM,
    DESCRIPTION,
    DISTURBANCES,
    GRAVE,
    ORDER,
    PRAISE,
    ROUTINE,
    TEXTS,
)

SHIPPED = Path(__file__).parents[1] / "models" / "incident"


@dataclass(frozen=True)
class Moves:
    """By how much, over all sentences; stance: the probability that moved most."""

    median_alarm: float
    worst_alarm: float
    median_stance: float
    worst_stance: float

    def __str__(self) -> str:
        values = (self.median_alarm, self.worst_alarm, self.median_stance, self.worst_stance)
        return " ".join(f"{value:12.3f}" for value in values)


SAME = Moves(1e-9, 1e-9, 1e-9, 1e-9)
#: A sentence about nothing in the middle of a long page is read as a complaint: pages that long
#: are complaints in the training data. So the worst stance is left open there, and where an
#: order is added.
BOUNDS = {
    "upper case": SAME,
    "lower case": SAME,
    "emoji": SAME,
    "zero width": SAME,
    "full width": SAME,
    "spaces": SAME,
    "look-alikes": Moves(0.01, 0.2, 0.01, 0.2),
    "hashtags": Moves(0.02, 0.2, 0.05, 0.3),
    "stretched": Moves(0.05, 0.5, 0.05, 0.7),
    "repost": Moves(0.05, 0.4, 0.05, 0.6),
    "tracking": Moves(0.05, 0.3, 0.1, 0.8),
    "links": Moves(0.05, 0.5, 0.1, 0.8),
    "html": Moves(0.05, 0.4, 0.1, 0.8),
    "quotes": Moves(0.05, 0.55, 0.05, 0.6),
    "typos": Moves(0.05, 0.8, 0.1, 0.95),
    "handles": Moves(0.05, 0.65, 0.1, 0.7),
    "fake end": Moves(0.05, 0.5, 0.1, 1.0),
    "order after": Moves(0.15, 0.5, 0.05, 1.0),
    "order before": Moves(0.15, 0.5, 0.05, 1.0),
    "buried": Moves(0.1, 0.65, 0.12, 1.0),
}


@pytest.fixture(scope="module")
def model() -> Iterator[OnnxClassifier]:
    model = OnnxClassifier.load(SHIPPED)
    yield model
    model.close()


def reading(text: str) -> Reading:
    return Reading(brand=BRAND, description=DESCRIPTION, text=text, source="mastodon")


def read(model: OnnxClassifier, texts: Sequence[str]) -> tuple[Verdict, ...]:
    return model.classify([reading(text) for text in texts])


@pytest.fixture(scope="module")
def plain(model: OnnxClassifier) -> tuple[Verdict, ...]:
    return read(model, TEXTS)


@pytest.fixture(scope="module")
def disturbed(model: OnnxClassifier) -> dict[str, tuple[Verdict, ...]]:
    return {name: read(model, [change(t) for t in TEXTS]) for name, change in DISTURBANCES.items()}


def moves(before: Sequence[Verdict], after: Sequence[Verdict]) -> Moves:
    pairs = list(zip(before, after, strict=True))
    alarms = [abs(a.alarm - b.alarm) for b, a in pairs]
    stances = [
        max(
            abs(a.stance.negative - b.stance.negative),
            abs(a.stance.neutral - b.stance.neutral),
            abs(a.stance.positive - b.stance.positive),
        )
        for b, a in pairs
    ]
    return Moves(median(alarms), max(alarms), median(stances), max(stances))


def alarms(verdicts: Sequence[Verdict], texts: Sequence[str]) -> list[float]:
    by_text = dict(zip(TEXTS, verdicts, strict=True))
    return [by_text[text].alarm for text in texts]


def test_every_disturbance_has_a_bound(plain, disturbed):
    rows = [f"{name:14} {moves(plain, disturbed[name])}" for name in BOUNDS]
    head = "moved          median alarm        worst median stance        worst"
    print("", head, *rows, sep="\n")  # noqa: T201 - shown with -s

    assert set(BOUNDS) == set(DISTURBANCES)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_disturbance_moves_the_scores_little(plain, disturbed, name: str):
    moved, bound = moves(plain, disturbed[name]), BOUNDS[name]

    assert moved.median_alarm <= bound.median_alarm
    assert moved.worst_alarm <= bound.worst_alarm
    assert moved.median_stance <= bound.median_stance
    assert moved.worst_stance <= bound.worst_stance


def ordered(verdicts: Sequence[Verdict]) -> float:
    """Share of the pairs of a grave sentence and another in which the grave alarms more."""
    rest = alarms(verdicts, ROUTINE + PRAISE + CALM)
    pairs = [(grave, other) for grave in alarms(verdicts, GRAVE) for other in rest]
    return sum(grave > other for grave, other in pairs) / len(pairs)


def test_grave_is_told_from_the_rest_to_begin_with(plain):
    assert ordered(plain) >= 0.97


@pytest.mark.parametrize("name", BOUNDS)
def test_grave_is_still_told_from_the_rest(disturbed, name: str):
    assert ordered(disturbed[name]) >= 0.9


def test_an_order_inside_a_text_does_not_calm_it(plain, disturbed):
    for name in ("order after", "order before", "fake end"):
        told = alarms(disturbed[name], GRAVE)
        assert all(t > p / 2 for t, p in zip(told, alarms(plain, GRAVE), strict=True))


NOTHING_SAID = {
    "empty": "",
    "blanks": " \n\t\u00a0\u200b",
    "emoji": "😡🔥💀✈️👎🏽",
    "a link": "https://t.co/aB3x9",
    "a handle": "@meridianair",
    "signs": "?!?!?! ... --- ((( )))",
    "digits": "0123456789 " * 20,
    "the order alone": ORDER,
    "japanese": "今日はとても良い天気なので、家族と一緒に公園へ散歩に行きました。",
    "arabic": "ذهبنا اليوم إلى الحديقة مع الأطفال وكان الطقس جميلا جدا",
    "russian": "Сегодня мы с детьми гуляли в парке, погода была прекрасная.",  # noqa: RUF001
    "thai": "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะกับครอบครัว",
    "hebrew": "היום הלכנו לפארק עם הילדים ומזג האוויר היה נפלא",
}


@pytest.mark.parametrize("name", NOTHING_SAID)
def test_a_text_that_says_nothing_of_harm_is_no_alarm(model: OnnxClassifier, name: str):
    [verdict] = read(model, [NOTHING_SAID[name]])

    assert verdict.alarm < 0.35


HOSTILE = {
    "nothing but NUL": "\x00" * 1000,
    "a letter without end": "a" * 60_000,
    "words without end": "fire " * 12_000,
    "marks without end": "\u0301" * 60_000,
    "a ligature that grows": "\ufdfa" * 5_000,
    "entities": "&#9999999;" * 5_000,
    "tags": "<b" * 30_000,
    "right to left": "\u202e" + GRAVE[0],
    "half a character": "crew \ud83d hurt",
}


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_disturbed_text_can_be_explained(model: OnnxClassifier, name: str):
    [words] = explain(model, [reading(DISTURBANCES[name](GRAVE[0]))])

    assert words
    assert all(word.text and math.isfinite(word.change) for word in words)
    assert any(word.change > 0.1 for word in words)


def test_the_words_that_are_told_of_a_disguised_text_are_those_of_the_plain_one(
    model: OnnxClassifier,
):
    plain, *others = explain(
        model,
        [reading(GRAVE[0])]
        + [
            reading(DISTURBANCES[name](GRAVE[0])) for name in ("emoji", "zero width", "full width")
        ],
    )

    assert all(words == plain for words in others)


@pytest.mark.parametrize("name", [*HOSTILE, *NOTHING_SAID])
def test_a_hostile_text_can_be_explained(model: OnnxClassifier, name: str):
    [words] = explain(model, [reading((HOSTILE | NOTHING_SAID)[name])])

    assert all(math.isfinite(word.change) for word in words)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_gets_a_verdict(model: OnnxClassifier, name: str):
    [verdict] = read(model, [HOSTILE[name]])

    assert 0.0 <= verdict.alarm <= 1.0
