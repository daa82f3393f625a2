"""The shipped model and the shipped cases together: what an invented story resembles."""

from __future__ import annotations

import pytest

from monitor.app import load_classifier
from monitor.config.freeze import shipped_model
from monitor.core.resemblance import DEFAULT
from tests.measure.precedents import Judge, Story, stories

pytestmark = pytest.mark.skipif(
    not (shipped_model() / "model.onnx").exists(), reason="models/incident is not there"
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_classifier(shipped_model()))


def test_stories_that_nothing_was_chosen_on_resemble_what_they_are_meant_to(judge: Judge):
    score = judge.score(stories("check"))

    # 30 of 31 and one wrongly when it was measured; a model that is trained anew may differ.
    assert score.first >= 0.85 * score.told
    assert score.wrong <= 1
    assert score.false <= 2


@pytest.mark.parametrize(
    ("brand", "description", "text"),
    [
        ("United Airlines", "US airline", "No peanuts on United any more, I want my peanuts"),
        ("Volkswagen", "German car maker", "The touch controls in my Volkswagen drive me mad"),
        ("TSB", "UK retail bank", "The queue at TSB was long again this lunchtime"),
    ],
)
def test_a_grumble_about_a_brand_of_the_library_is_not_its_case(
    judge: Judge, brand: str, description: str, text: str
):
    told = Story(brand=brand, description=description, texts=[text], cases=frozenset())

    assert judge.ranked(told)[0].similarity < DEFAULT.least
