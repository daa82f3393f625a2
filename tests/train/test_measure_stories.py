"""The measure of grouping: BCubed, against values worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from models.train.measure_stories import START, Text, bcubed, group, measure, read
from monitor.adapters.classifier import OnnxClassifier
from monitor.core.stories import StoryRules

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"


@pytest.mark.parametrize(
    ("found", "gold", "precision", "recall"),
    [
        ([1, 1, 2], "aab", 1, 1),
        ([1, 2, 3], "aab", 1, 2 / 3),
        ([1, 1, 1], "aab", 5 / 9, 1),
        ([1, 1, 2, 2], "abab", 0.5, 0.5),
    ],
)
def test_bcubed_is_the_mean_over_texts(
    found: list[int], gold: str, precision: float, recall: float
) -> None:
    f1 = 2 * precision * recall / (precision + recall)

    assert bcubed(found, gold) == pytest.approx((precision, recall, f1))


TEXTS = [
    Text(brand="b", at=START + timedelta(hours=hour), text=text, cluster=cluster)
    for hour, (text, cluster) in enumerate(
        [
            ("rabbit dead in cargo hold, owner demands answers", "rabbit"),
            ("girls barred, leggings ban", "leggings"),
            ("rabbit dead in cargo hold, breeder demands answers", "rabbit"),
            ("quiet", "quiet"),
        ]
    )
]


def test_texts_are_grouped_at_arrival_and_after_merging() -> None:
    assert group(TEXTS, StoryRules()) == ([1, 2, 1, 3], [1, 2, 1, 3])
    assert group(TEXTS, StoryRules(similar=2.0)) == ([1, 2, 3, 4], [1, 2, 1, 4])
    assert group([], StoryRules()) == ([], [])


def test_the_figures_stand_beside_their_baselines() -> None:
    figures = measure([TEXTS, TEXTS], StoryRules(similar=2.0))

    assert figures["texts"] == 8
    assert figures["at arrival"] == figures["singletons"] == pytest.approx(6 / 7)
    assert figures["one cluster"] == pytest.approx(2 * 0.375 / 1.375)
    assert figures["merged F1"] == figures["precision"] == figures["recall"] == 1


def test_texts_are_read_and_the_figure_by_words_alone_stands_beside() -> None:
    texts = [
        Text(brand="b", at=START + timedelta(minutes=minute), text=text, cluster=cluster)
        for minute, (text, cluster) in enumerate(
            [("burned toaster", "fire"), ("kitchen burned", "fire"), ("love garden", "garden")]
        )
    ]
    model = OnnxClassifier.load(TINY)
    [found] = read([texts], model)
    model.close()
    figures = measure([found], StoryRules())

    assert [one.meaning is None for one in found] == [False] * 3
    assert (figures["merged F1"], figures["by words"]) == (1, pytest.approx(0.8))
