"""What each mention makes known of a slow burn, and how long that is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from monitor.core.burns import Allegation, PastDay
from monitor.core.meaning import Mean, meaning_of
from monitor.core.slowburn import FULL
from monitor.core.types import Mention, Verdict
from monitor.stages.smoulder import CLEAR, GOES_ON, PAST, Smoulder
from tests.core.facts import NOON, mention
from tests.fakes import verdict

DAY = timedelta(days=1)
#: What all texts on the brand have in common.
COMMON = Mean("m", 1, np.array([1.0, 0.0, 0.0], dtype=np.float32))
#: What all who complain mean, and something else.
MEANT, OTHER = bytes((90, 90, 0)), bytes((90, 0, 90))
#: Each in words of its own.
WORDS = [" ".join(f"w{n}x{place}" for place in range(8)) for n in range(60)]


class Year:
    """A brand of which somebody complains every six days."""

    def __init__(self, meant: bytes = b"") -> None:
        self.smoulder = Smoulder()
        self.now = NOON
        self.meant = meant

    def hear(
        self, number: int, after: timedelta = 6 * DAY, meant: bytes | None = None, **said: float
    ) -> int:
        self.now += after
        read = verdict(**({"about": 1.0, "complaint": FULL, "deception": 1.0} | said), model="m")
        self.smoulder.hear(
            mention(number, text=WORDS[number % 60], published_at=self.now, seen_at=self.now),
            replace(read, vector=self.meant if meant is None else meant),
            COMMON,
        )
        return number

    def chat(self, posts: int) -> None:
        """Until what was alleged is nothing beside it."""
        self.now += DAY
        for number in range(posts):
            self.smoulder.hear(
                mention(1000 + number, published_at=self.now, seen_at=self.now), verdict()
            )
        self.now += DAY


@pytest.fixture
def told() -> Year:
    """Ten complaints: people were told before the last."""
    year = Year()
    for number in range(10):
        year.hear(number)
    assert any(year.smoulder.burn(number) for number in range(9))
    return year


@pytest.mark.parametrize(("harm", "is_known"), [("privacy", False), ("deception", True)])
def test_who_says_that_it_is_not_true_alleges_nothing_but_deceit(
    harm: str, *, is_known: bool
) -> None:
    smoulder = Smoulder()
    for day in range(10):
        at = NOON + 6 * day * DAY
        text = f"{WORDS[day]} the report is false"
        one = mention(day, text=text, author=f"@{day}", published_at=at, seen_at=at)
        smoulder.hear(one, verdict(**{"about": 1.0, "complaint": FULL, harm: 1.0}))
    assert any(smoulder.burn(day) is not None for day in range(10)) is is_known


def test_one_voice_more_is_part_of_the_burn_and_makes_nothing_known(told: Year) -> None:
    number = told.hear(10, after=DAY)

    assert told.smoulder.burn(number) is None
    burn = told.smoulder.part_of(number)
    assert burn is not None
    assert (burn.again, burn.harm, burn.mention_ids[-1]) == (True, "deception", number)


@pytest.mark.parametrize(("share", "is_part"), [(CLEAR + 0.01, True), (CLEAR - 0.01, False)])
def test_a_doubtful_voice_is_no_voice_more(told: Year, share: float, is_part: bool) -> None:
    number = told.hear(10, after=DAY, deception=share)

    assert (told.smoulder.part_of(number) is not None) is is_part


@pytest.mark.parametrize(("after", "is_part"), [(GOES_ON - 3 * DAY, True), (GOES_ON, False)])
def test_it_goes_on_until_nobody_has_spoken_of_it_for_half_a_year(
    told: Year, after: timedelta, is_part: bool
) -> None:
    told.chat(2000)
    number = told.hear(10, after=after)

    assert (told.smoulder.part_of(number) is not None) is is_part


def test_another_harm_is_another_matter(told: Year) -> None:
    told.chat(2000)
    number = told.hear(10, safety=1.0, deception=0.9)

    assert told.smoulder.part_of(number) is None


def test_another_harm_that_means_the_same_is_one_voice_more() -> None:
    """And so is who comes after, though nobody but him speaks of it."""
    year = Year(meant=MEANT)
    for number in range(10):
        year.hear(number)
    year.chat(2000)
    voices = [year.hear(n, safety=1.0, deception=0.1) for n in (10, 11)]

    first, second = (year.smoulder.part_of(number) for number in voices)
    assert first is not None
    assert (first.again, first.harm, first.mention_ids[-1]) == (True, "deception", voices[0])
    assert second is not None
    assert second.mention_ids[-2:] == tuple(voices)


@pytest.mark.parametrize(
    ("what", "known"),
    [
        pytest.param("means another thing", {"meant": OTHER}, id="means another thing"),
        pytest.param("is doubtful", {"safety": CLEAR - 0.01}, id="is doubtful"),
        pytest.param("is too late", {"after": GOES_ON}, id="half a year later"),
    ],
)
def test_another_harm_is_another_matter_if_it(what: str, known: dict[str, Any]) -> None:
    year = Year(meant=MEANT)
    for number in range(10):
        year.hear(number)
    year.chat(2000)
    number = year.hear(10, **({"safety": 1.0, "deception": 0.1} | known))

    assert year.smoulder.part_of(number) is None, what


def test_what_means_the_same_as_a_storm_of_a_day_is_no_voice_of_a_slow_matter() -> None:
    year = Year(meant=MEANT)
    year.chat(200)
    for number in range(10):
        year.hear(number, after=timedelta(minutes=5))
    assert any((burn := year.smoulder.part_of(n)) and burn.sudden for n in range(10))
    year.chat(2000)
    number = year.hear(10, safety=1.0, deception=0.1)

    assert year.smoulder.part_of(number) is None


def test_what_is_written_is_kept_only_if_it_made_something_known(told: Year) -> None:
    number = told.hear(10, after=DAY)
    first = next(n for n in range(10) if told.smoulder.burn(n))
    told.smoulder.written()

    assert told.smoulder.part_of(number) is None
    assert told.smoulder.part_of(first) is not None


def test_that_others_said_the_same_is_forgotten_when_a_restart_would_not_know_it(
    told: Year,
) -> None:
    numbers = [number for number in range(10) if told.smoulder.others(number) > 0.0]
    said_at = {number: NOON + (number + 1) * 6 * DAY for number in numbers}
    assert len(numbers) > 2

    told.smoulder.forget(said_at[numbers[1]] + PAST)
    assert [n for n in numbers if told.smoulder.others(n) > 0.0] == numbers[1:]

    told.smoulder.forget(said_at[numbers[-1]] + PAST + DAY)
    assert not any(told.smoulder.others(number) for number in numbers)


#: On each day somebody alleges deception; from day 100 on every tenth of them of one matter.
DAYS = 150


def said_on(day: int) -> tuple[Mention, Verdict]:
    at, is_of_it = NOON + day * DAY, day >= 100 and day % 10 == 0
    told = verdict(about=1.0, complaint=FULL, deception=1.0, model="m")
    one = mention(day, text=f"{WORDS[day % 60]} {day}", published_at=at, seen_at=at)
    return one, replace(told, vector=bytes((90, 90 if is_of_it else 166, 0)))


def past_day(day: int) -> PastDay:
    """The same as it is read after a restart."""
    one, told = said_on(day)
    made = Allegation(
        mention_id=one.id,
        author=one.author or "",
        at=one.at,
        harms={"deception": 1.0},
        text=one.full_text,
        meaning=meaning_of(told),
    )
    return PastDay(brand=one.brand, at=one.at, allegations=(made,), others=0, watched=1)


def matters(smoulder: Smoulder) -> list[int]:
    return [n for n in range(100, DAYS) if (b := smoulder.burn(n)) and b.is_matter]


def test_a_matter_that_few_tell_is_a_burn_though_its_harm_is_usual() -> None:
    """Five who mean the same, in half a year in which many allege that harm of other things."""
    smoulder = Smoulder()
    for day in range(DAYS):
        smoulder.hear(*said_on(day), COMMON)

    assert matters(smoulder) == [140]


def test_a_matter_is_known_and_told_after_a_restart() -> None:
    smoulder, last = Smoulder(), said_on(DAYS)
    smoulder.recall([past_day(day) for day in range(DAYS)], {last[0].brand: COMMON})

    assert matters(smoulder) == [140]
    smoulder.hear(*last, COMMON)
    burn = smoulder.part_of(DAYS)
    assert burn is not None
    assert burn.is_matter
    assert burn.tie == "several people told much the same"
    assert burn.again
