"""One matter told again and again is a slow burn, however usual the harm is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import log
from typing import Any

import numpy as np
import pytest

from monitor.core.burns import Allegation, Burn
from monitor.core.matters import MatterRules, Matters
from monitor.core.meaning import Mean, Meaning, packed
from tests.core.facts import NOON

DAY = timedelta(days=1)
#: What all texts on the brand have in common lies along the first axis.
COMMON = Mean("m", 1, np.array([1.0, 0.0, 0.0], dtype=np.float32))
FEES, QUEUE = (1.0, 1.0, 0.0), (1.0, 0.0, 1.0)


def said(number: int, *, day: float, meant: tuple[float, ...] = FEES, **known: Any) -> Allegation:
    words = " ".join(f"word{number}x{place}" for place in range(9))
    vector = np.array(meant, dtype=np.float32)
    start = Allegation(
        mention_id=number,
        author=f"@{number}",
        at=NOON + day * DAY,
        harms={"deception": 0.7},
        text=words,
        meaning=Meaning(model="m", packed=packed(vector / np.linalg.norm(vector))),
    )
    return replace(start, **known)


def heard(*all_: Allegation, matters: Matters | None = None, a_day: int = 1) -> list[Burn | None]:
    """Each with ordinary mentions of the days before it."""
    matters, last, found = matters or Matters(), NOON, []
    for one in all_:
        for _ in range((one.at - last) // DAY):
            last += DAY
            matters.count("Acme", last, a_day)
        found.append(matters.learn("Acme", one, COMMON))
    return found


def complaints(count: int = 5, **known: Any) -> list[Allegation]:
    return [said(n, day=5.0 * n, **known) for n in range(1, count + 1)]


def test_five_people_who_tell_the_same_in_some_weeks_are_a_slow_burn() -> None:
    *before, burn = heard(*complaints())
    assert before == [None] * 4
    assert burn is not None
    assert (burn.harm, burn.authors, burn.mention_ids) == ("deception", 5, (1, 2, 3, 4, 5))
    assert burn.since == complaints()[0].at
    assert not burn.again
    assert burn.sentence.startswith(
        "Since 11 May 2024, 5 people in words of their own told much the same, where "
    )


def test_who_comes_after_is_one_voice_more() -> None:
    last = heard(*complaints(6))[-1]
    assert last is not None
    assert last.again
    assert last.authors == 6


def test_what_was_to_be_expected_and_how_sure_it_is_can_be_counted_again() -> None:
    """Four in a thousand of the 26 mentions since the first, and a little for each of 21 days."""
    *_, burn = heard(*complaints(harms={"deception": 0.7, "privacy": 0.3}))
    assert burn is not None
    assert burn.expected == pytest.approx(0.004 * (21 + 5) + 21 / 900)
    assert burn.evidence == pytest.approx(5 * 0.7 * log(20) - 19 * burn.expected)


def test_it_bears_the_name_of_the_harm_that_is_alleged_most_by_all_together() -> None:
    louder = {2: {"deception": 0.6, "privacy": 0.95}, 4: {"deception": 0.6, "privacy": 0.95}}
    *_, burn = heard(
        *(
            replace(one, harms=louder.get(one.mention_id, {"deception": 0.6}))
            for one in complaints()
        )
    )
    assert burn is not None
    assert burn.harm == "deception"


@pytest.mark.parametrize(("days", "told"), [((1, 1, 9, 9, 20), True), ((1, 1, 1, 20, 20), False)])
def test_five_people_must_have_spoken_on_three_days(
    days: tuple[float, ...], *, told: bool
) -> None:
    *_, burn = heard(
        *(said(n, day=day + n / 100, harms={"deception": 1.0}) for n, day in enumerate(days))
    )
    assert (burn is not None) is told


def test_a_flare_of_one_day_is_none_whatever_two_people_said_long_before() -> None:
    before = said(1, day=1), said(2, day=40)
    flare = (said(n, day=120 + n / 100, harms={"deception": 1.0}) for n in range(3, 8))
    assert heard(*before, *flare, a_day=30) == [None] * 7


def test_rules_that_ask_for_more_people_are_kept_to() -> None:
    matters = Matters(MatterRules(authors=6))
    *before, last = heard(*complaints(6), matters=matters)
    assert before == [None] * 5
    assert last is not None


def test_of_a_storm_the_newest_are_compared() -> None:
    matters = Matters(MatterRules(compared=6))
    *_, last = heard(*complaints(12), matters=matters)
    assert last is not None
    assert last.mention_ids == (6, 7, 8, 9, 10, 11, 12)


NONE = {
    "of other things": [said(n, day=5.0 * n, meant=(FEES, QUEUE)[n % 2]) for n in range(1, 8)],
    "by one author": complaints(9, author="@same"),
    "in the same words": complaints(9, text="they still take a fee from my late mother's account"),
    "of things that break": complaints(9, harms={"product": 0.9}),
    "of harms apart": [
        said(n, day=5.0 * n, harms={("deception", "outage")[n % 2]: 0.7}) for n in range(1, 8)
    ],
    "doubtful": complaints(5, harms={"deception": 0.2}),
    "within two days": [said(n, day=1 + n / 10) for n in range(1, 9)],
    "in half a year and more": [said(n, day=60.0 * n) for n in range(1, 9)],
    "of which nobody says what they mean": complaints(9, meaning=None),
    "from before the watch": complaints(9, is_history=True),
}


@pytest.mark.parametrize("name", NONE)
def test_these_are_none(name: str) -> None:
    assert heard(*NONE[name]) == [None] * len(NONE[name])


def test_what_is_few_among_very_many_is_none() -> None:
    assert heard(*complaints(), a_day=30) == [None] * 5


def test_what_is_learnt_late_of_days_before_the_first_says_nothing_against_it() -> None:
    matters = Matters()
    heard(*complaints(4), matters=matters)
    matters.count("Acme", NOON - 9 * DAY, 5_000)
    assert matters.learn("Acme", complaints()[-1], COMMON) is not None


def test_texts_that_were_copied_from_each_other_are_one_voice() -> None:
    same = "they still take a fee from my late mother's account"
    copies = [said(n, day=4.0 * n, text=same) for n in range(1, 5)]
    assert heard(*copies, said(9, day=20)) == [None] * 5


def test_what_was_learnt_before_a_start_counts() -> None:
    matters = Matters()
    for one in complaints(4):
        matters.learn("Acme", one, Mean())
    burn = matters.learn("Acme", complaints()[-1], COMMON)
    assert burn is not None
    assert burn.authors == 5


def test_brands_are_kept_apart() -> None:
    matters = Matters()
    heard(*complaints(4), matters=matters)
    assert matters.learn("Other", complaints()[-1], COMMON) is None


#: Cosines of .54 and .57 with `FEES`, once what is common is taken off.
FAR, NEAR = (1.0, 0.46, 0.89), (1.0, 0.5, 0.86)


@pytest.mark.parametrize(
    ("meant", "told", "is_voice"),
    [
        pytest.param(FEES, (1, 2, 3), True, id="near to three"),
        pytest.param(NEAR, (1, 2, 3), True, id="just near enough"),
        pytest.param(FAR, (1, 2, 3), False, id="not near enough"),
        pytest.param(FEES, (1, 2, 4), False, id="near to two, the third tells of a queue"),
        pytest.param(FEES, (1, 2), False, id="two are too few"),
        pytest.param(FEES, (), False, id="nothing was told"),
    ],
)
def test_one_more_of_another_harm_is_a_voice_if_it_means_what_several_meant(
    meant: tuple[float, ...], told: tuple[int, ...], *, is_voice: bool
) -> None:
    matters = Matters()
    heard(*complaints(3), said(4, day=20.0, meant=QUEUE), matters=matters)
    one = said(9, day=30.0, meant=meant, harms={"labour": 0.9})

    assert matters.is_voice("Acme", one, told, COMMON) is is_voice


def test_what_does_not_say_what_it_means_is_no_voice() -> None:
    matters = Matters()
    heard(*complaints(3), matters=matters)

    assert not matters.is_voice("Acme", said(9, day=30.0, meaning=None), (1, 2, 3), COMMON)
    assert not matters.is_voice("Other", said(9, day=30.0), (1, 2, 3), COMMON)
