"""One matter told again and again is a slow burn, however usual the harm is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from monitor.core.burns import Allegation, Burn
from monitor.core.matters import Matters
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


#: Cosines of .57 and .62 with `FEES`, once what is common is taken off.
FAR, NEAR = (1.0, 0.5, 0.86), (1.0, 0.56, 0.83)


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
