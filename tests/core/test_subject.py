"""A report on somebody else that names the brand at its end is not a report on the brand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.subject import own_words, tempered
from monitor.core.types import HARMS
from tests.core.facts import verdict

WHOLE = verdict(alarm=0.8, complaint=0.4, outrage=0.2, severity=3.0, harms={"safety": 0.9})


def names(said: str) -> bool:
    return "Harrow" in said


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (
            "Dunmore recalls heaters\nFour caught fire. Harrow does not sell them.",
            "Harrow does not sell them.",
        ),
        ("Harrow recalls heaters\nFour caught fire.", "Harrow recalls heaters"),
        ('"Harrow is safe." Dunmore is not! Harrow said so?', '"Harrow is safe. Harrow said so?'),
        ("Harrow recalls heaters\nHarrow says sorry.", None),
        ("Dunmore recalls heaters\nFour caught fire.", None),
        ("Harrow recalls heaters", None),
        ("", None),
    ],
    ids=[
        "in passing",
        "in the headline",
        "between others",
        "in every sentence",
        "nowhere",
        "in the only sentence",
        "nothing said",
    ],
)
def test_its_own_words_are_the_sentences_that_name_it(text: str, own: str | None) -> None:
    assert own_words(text, names) == own


def test_what_is_held_against_it_is_believed_as_far_as_they_bear_it_out() -> None:
    told = tempered(WHOLE, replace(WHOLE, alarm=0.05), headlined=False)
    share = (0.05 / 0.8) ** 0.67

    assert told.alarm == pytest.approx(0.8 * share)
    assert told.complaint == pytest.approx(0.4 * share)
    assert told.outrage == pytest.approx(0.2 * share)
    assert told.harms["safety"] == pytest.approx(0.9 * share)
    assert set(told.harms) <= set(HARMS)
    assert (told.severity, told.about, told.stance) == (
        WHOLE.severity,
        WHOLE.about,
        WHOLE.stance,
    )


def test_a_headline_that_names_it_makes_the_rest_likelier_to_be_about_it() -> None:
    own = replace(WHOLE, alarm=0.05)

    assert tempered(WHOLE, own, headlined=True).alarm == pytest.approx(0.8 * (0.05 / 0.8) ** 0.25)


@pytest.mark.parametrize("alarm", [0.8, 0.95])
def test_it_is_never_believed_more(alarm: float) -> None:
    assert tempered(WHOLE, replace(WHOLE, alarm=alarm), headlined=False) is WHOLE


def test_doubt_about_the_brand_counts_on_both_sides() -> None:
    doubtful = replace(WHOLE, about=0.5)

    assert tempered(doubtful, WHOLE, headlined=False) is doubtful
    assert tempered(WHOLE, doubtful, headlined=False).alarm == pytest.approx(0.8 * 0.5**0.67)
