"""Complaints that trickle are told once it can no longer be chance, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

import pytest

from monitor.core.slowburn import GRAVE, ROUTINE, Allegation, Burn, BurnRules, SlowBurn
from monitor.core.slowburn import alleged as alleged_of

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Watch:
    """Feeds a detector and keeps what it told."""

    detector: SlowBurn = field(default_factory=SlowBurn)
    ids: Iterator[int] = field(default_factory=count)
    burns: list[Burn] = field(default_factory=list)

    def hear(
        self, day: float, *alleged: str, author: str | None = None, brand: str = "Castell Bank"
    ) -> tuple[Burn, ...]:
        number, at = next(self.ids), START + day * DAY
        harms = alleged_of(dict.fromkeys(alleged, 0.5))
        if not harms:
            self.detector.count(brand, at)
            return ()
        told = Allegation(mention_id=number, author=author or f"@{number}", at=at, harms=harms)
        found = self.detector.learn(brand, told)
        self.burns += found
        return found


def trickle(watch: Watch, days: int, *, every: float, ordinary: int = 1, **said: str) -> int:
    """Complaints one at a time among ordinary talk; how many it took until something was told."""
    complaints = 0
    for day in range(days):
        for _ in range(ordinary):
            watch.hear(day + 0.1)
        while complaints * every <= day:
            complaints += 1
            if watch.hear(day + 0.5, "deception", **said):
                return complaints
    return 0


def test_a_complaint_a_week_is_told_before_a_tenth_of_two_years_is_in() -> None:
    watch = Watch()

    assert 5 <= trickle(watch, 730, every=6) <= 12
    (burn,) = watch.burns
    assert (burn.brand, burn.harm) == ("Castell Bank", "deception")
    assert burn.since == START + 0.5 * DAY
    assert burn.authors == len(burn.mention_ids)
    assert burn.expected < 2


def test_it_says_who_how_long_and_how_sure_in_plain_words() -> None:
    burn = Burn(
        brand="Castell Bank",
        harm="deception",
        since=START,
        mention_ids=(1, 2),
        authors=7,
        expected=0.84,
        evidence=6.95,
    )

    assert burn.sentence == (
        "7 people alleged deception since 01 January 2026, where 0.8 were to be expected: odds of "
        "1,043 to 1 that it is no chance."
    )


def test_it_is_told_once_and_again_when_it_burns_on() -> None:
    watch = Watch()
    for week in range(30):
        watch.hear(7 * week, "deception")
        watch.hear(7 * week + 1)

    first, second = watch.burns
    assert second.authors > first.authors
    assert second.since == first.since == START
    # Every second mention is a complaint, one a week; ninety days are thirteen weeks.
    assert (second.mention_ids[-1] - first.mention_ids[-1]) / 2 == 13


@pytest.mark.parametrize("harm", sorted(ROUTINE))
def test_what_every_brand_hears_every_day_is_none(harm: str) -> None:
    watch = Watch()
    for day in range(200):
        watch.hear(day, harm)

    assert watch.burns == []
    assert harm not in GRAVE


def test_one_angry_author_is_not_many() -> None:
    assert trickle(Watch(), 400, every=5, author="@angry") == 0


def test_a_flood_of_a_few_days_is_no_slow_burn() -> None:
    watch = Watch()
    for n in range(60):
        watch.hear(n / 10, "deception")

    assert watch.burns == []
    assert watch.hear(14, "deception")


def test_brands_are_counted_apart_and_harms_too() -> None:
    watch = Watch()
    for week in range(20):
        watch.hear(7 * week, "safety" if week % 2 else "labour", brand=f"b{week % 3}")

    assert watch.burns == []


def test_two_harms_of_one_mention_burn_side_by_side() -> None:
    watch = Watch()
    for week in range(12):
        watch.hear(7 * week, "deception", "privacy")

    assert {burn.harm for burn in watch.burns} == {"deception", "privacy"}


def test_what_a_brand_is_used_to_is_not_told_for_ever() -> None:
    """Two in a hundred for a year are usual; three times as many are not."""
    watch = Watch()
    random = Random(4)

    def year(start: int, share: float, days: int) -> int:
        before = len(watch.burns)
        for day in range(start, start + days):
            for _ in range(20):
                watch.hear(day, *(("deception",) if random.random() < share else ()))
        return len(watch.burns) - before

    year(0, 0.02, 365)
    assert year(365, 0.02, 365) == 0
    assert year(730, 0.08, 60) == 1


def test_chance_alone_is_hardly_ever_told() -> None:
    """A hundred brand-years at the rate that is expected of every brand."""
    told = 0
    for seed in range(50):
        watch, random = Watch(), Random(seed)
        for day in range(730):
            for _ in range(3):
                watch.hear(day, *(("safety",) if random.random() < 0.01 else ()))
        told += bool(watch.burns)

    assert told <= 2


def test_a_trickle_that_dries_up_is_forgotten() -> None:
    watch = Watch()
    for week in range(4):
        watch.hear(7 * week, "deception")
    for day in range(28, 300):
        watch.hear(day)
    for week in range(4):
        watch.hear(300 + 7 * week, "deception")

    assert watch.burns == []


def test_a_late_mention_counts_for_the_newest_day() -> None:
    watch = Watch()
    watch.hear(30)
    watch.hear(2, "deception")
    state = watch.detector._brands["Castell Bank"]

    assert (state.mentions, state.tallies["deception"].today) == (2, 1)


def test_no_more_than_the_newest_mentions_are_remembered() -> None:
    watch = Watch(SlowBurn(BurnRules(remembered=20)))
    for n in range(60):
        watch.hear(n / 2, "deception")
    (burn,) = watch.burns
    state = watch.detector._brands["Castell Bank"].tallies["deception"]

    assert len(state.said) == 20
    assert state.said[-1].mention_id == 59
    assert burn.mention_ids == tuple(range(9, 29))
    assert (burn.authors, burn.since) == (29, START)


def test_what_was_said_before_the_watch_is_told_with_the_next_complaint() -> None:
    detector = SlowBurn()

    def complain(week: int, *, old: bool) -> tuple[Burn, ...]:
        at = START + 7 * week * DAY
        said = Allegation(
            mention_id=week, author=f"@{week}", at=at, harms=("labour",), is_history=old
        )
        return detector.learn("a", said)

    assert not any(complain(week, old=True) for week in range(20))
    [burn] = complain(20, old=False)
    assert burn.mention_ids == tuple(range(21))


def test_a_harm_is_alleged_from_one_half_on_unless_it_is_routine() -> None:
    read = {"deception": 0.5, "privacy": 0.49, "service": 0.99, "safety": 0.9}

    assert alleged_of(read) == ("safety", "deception")
    assert alleged_of(read, named=0.95) == ()


def test_many_mentions_may_be_counted_at_once() -> None:
    one, other = SlowBurn(), SlowBurn()
    for _ in range(40):
        one.count("a", START)
    other.count("a", START, 40)

    assert one._brands["a"].mentions == other._brands["a"].mentions == 40
