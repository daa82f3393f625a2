"""Complaints that trickle are told once it can no longer be chance, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from math import log
from random import Random
from typing import Any, ClassVar

import pytest

from monitor.core.burns import Allegation, Burn, BurnRules, newest
from monitor.core.cusum import Shingled, is_echo
from monitor.core.slowburn import FULL, GRAVE, ROUTINE, SlowBurn, alleged_in
from monitor.core.slowburn import alleged as alleged_of
from tests.core.facts import verdict

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def said(
    number: int, at: datetime, harms: Mapping[str, float], *, author: str | None = None
) -> Allegation:
    """Everybody in words of his own."""
    text = " ".join(f"w{number}x{place}" for place in range(8))
    return Allegation(
        mention_id=number, author=author or f"@{number}", at=at, harms=harms, text=text
    )


@dataclass
class Watch:
    """Feeds a detector and keeps what it told."""

    detector: SlowBurn = field(default_factory=SlowBurn)
    ids: Iterator[int] = field(default_factory=count)
    burns: list[Burn] = field(default_factory=list)
    #: What was one voice more of a burn that had been told.
    more: list[Burn] = field(default_factory=list)

    def hear(
        self,
        day: float,
        *alleged: str,
        author: str | None = None,
        brand: str = "Castell Bank",
        share: float = 1.0,
    ) -> tuple[Burn, ...]:
        number, at = next(self.ids), START + day * DAY
        harms = alleged_of(dict.fromkeys(alleged, 1.0), alarm=0.0, complaint=share * FULL)
        if not harms:
            self.detector.count(brand, at)
            return ()
        told = said(number, at, harms, author=author)
        found = self.detector.learn(brand, told)
        news = tuple(burn for burn in found if not burn.again)
        self.burns += news
        self.more += [burn for burn in found if burn.again]
        return news


def trickle(watch: Watch, days: int, *, every: float, ordinary: int = 1, **known: Any) -> int:
    """Complaints one at a time among ordinary talk; how many it took until something was told."""
    complaints = 0
    for day in range(days):
        for _ in range(ordinary):
            watch.hear(day + 0.1)
        while complaints * every <= day:
            complaints += 1
            if watch.hear(day + 0.5, "deception", **known):
                return complaints
    return 0


def test_a_complaint_a_week_is_told_before_a_tenth_of_two_years_is_in() -> None:
    watch = Watch()

    assert 3 <= trickle(watch, 730, every=6) <= 6
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
        "Since 1 Jan 2026, 7 people in words of their own said that people were misled or "
        "cheated, where 0.8 were to be expected: odds of 1,043 to 1 that it is no chance."
    )
    assert "where hardly any were to be expected" in replace(burn, expected=0.04).sentence


@pytest.mark.parametrize(
    ("evidence", "odds"),
    [(log(2000), "2,000 to 1"), (19.0, "178,482,301 to 1"), (80.0, "485,165,195 to 1")],
    ids=["what is believed", "very sure", "nobody believes more than half a billion to one"],
)
def test_the_odds_are_told_up_to_half_a_billion(evidence: float, odds: str) -> None:
    assert replace(burn_of(1), evidence=evidence).odds == odds


def burn_of(*mention_ids: int) -> Burn:
    return Burn(
        brand="a",
        harm="safety",
        since=START,
        mention_ids=mention_ids,
        authors=len(mention_ids),
        expected=1.0,
        evidence=9.0,
    )


def test_of_two_burns_the_one_that_was_told_last_is_the_newest() -> None:
    one, other = burn_of(1, 8, 9), burn_of(2, 3, 10)
    assert newest(one, other) is newest(other, one) is other
    assert newest(one, None) is newest(None, one) is one
    assert newest(None, None) is None


def test_it_is_told_once_and_again_when_it_burns_on() -> None:
    watch = Watch()
    for week in range(30):
        watch.hear(7 * week, "deception")
        watch.hear(7 * week + 1)

    first, second, *_ = watch.burns
    assert second.authors > first.authors
    assert second.since == first.since == START
    # Every second mention is a complaint, one a week.
    assert (second.mention_ids[-1] - first.mention_ids[-1]) / 2 == 2


@pytest.mark.parametrize("harm", sorted(ROUTINE))
def test_what_every_brand_hears_every_day_is_none(harm: str) -> None:
    watch = Watch()
    for day in range(200):
        watch.hear(day, harm)

    assert watch.burns == []
    assert harm not in GRAVE


def test_one_angry_author_is_not_many() -> None:
    assert trickle(Watch(), 400, every=5, author="@angry") == 0


def test_what_breaks_out_within_the_hour_is_told_at_the_third_voice() -> None:
    watch = Watch()
    for day in range(30):
        watch.hear(day)
    for minute in range(6):
        watch.hear(30.5 + minute / 1440, "outage")

    (burn,) = watch.burns
    assert burn.authors == 3
    assert burn.since == START + 30.5 * DAY


class TestTheNumbersOfABurn:
    """What was to be expected, and how sure it is, can be counted again."""

    def test_of_one_that_trickled_in_run_from_its_first_day(self) -> None:
        watch = Watch()
        for day in range(5):
            watch.hear(day, *(("deception",) if day % 2 == 0 else ()))
        (burn,) = watch.burns
        assert not burn.sudden
        assert burn.expected == pytest.approx(5 * (1 / 900 + 0.01))
        assert burn.evidence == pytest.approx(3 * log(20) - 19 * burn.expected)
        assert burn.mention_ids == (0, 2, 4)

    def test_of_one_that_broke_out_today_are_those_of_today(self) -> None:
        """Somebody said it two weeks ago, and that still smoulders."""
        watch = Watch()
        watch.hear(0, "outage")
        for day in range(1, 13):
            watch.hear(day)
        for minute in range(3):
            watch.hear(12.5 + minute / 1440, "outage")
        (burn,) = watch.burns
        assert burn.sudden
        assert burn.since == START + 12.5 * DAY
        assert (burn.authors, burn.mention_ids) == (3, (13, 14, 15))
        assert burn.expected == pytest.approx(1 / 900 + 3 * 0.01)
        assert burn.evidence == pytest.approx(3 * log(20) - 19 * burn.expected)

    def test_of_one_that_begins_anew_after_another_that_dried_up(self) -> None:
        watch = Watch()
        watch.hear(0, "deception")
        for day in range(1, 30):
            watch.hear(day)
        for day in range(30, 35):
            watch.hear(day, *(("deception",) if day % 2 == 0 else ()))
        (burn,) = watch.burns
        assert (burn.since, burn.authors) == (START + 30 * DAY, 3)
        assert burn.expected == pytest.approx(5 * (1 / 900 + 0.01))

    def test_two_people_are_a_story_like_others_however_sure_they_are(self) -> None:
        watch = Watch(SlowBurn(BurnRules(alarm=1.0)))
        assert [len(watch.hear(day, "deception")) for day in (0, 1, 2)] == [0, 0, 1]


class TestWhatIsUsual:
    """Told whatever happens, for the sake of the number that was to be expected."""

    RULES = BurnRules(authors=1, alarm=-99.0, share=0.1, prior=10.0, floor=0.0)

    def expected(self, *, lag: int, days: int, share: float = 1.0) -> float:
        """One allegation among ten mentions, and after so many silent days another one."""
        rules = replace(self.RULES, lag=lag * DAY, half_life=10 * DAY)
        detector = SlowBurn(rules)
        detector.learn("a", said(1, START, {"safety": share}))
        detector.count("a", START, 9)
        (burn,) = detector.learn("a", said(2, START + days * DAY, {"safety": 1.0}))
        assert burn.sudden
        return burn.expected

    def test_is_what_is_older_than_the_lag(self) -> None:
        opinion = 1.0 / 10
        assert self.expected(lag=2, days=2) == pytest.approx(opinion)
        assert self.expected(lag=2, days=3) == pytest.approx((1 + 1) / (10 + 10))

    def test_counts_half_after_the_half_life(self) -> None:
        assert self.expected(lag=0, days=11) == pytest.approx((0.5 + 1) / (5 + 10))

    def test_half_an_allegation_counts_less_than_half(self) -> None:
        """So that shares bring chance alarms no oftener than whole allegations do."""
        tilted = (20**0.5 - 1) / 19
        assert self.expected(lag=0, days=1, share=0.5) == pytest.approx((tilted + 1) / (10 + 10))


def test_many_mentions_excuse_a_few_allegations() -> None:
    """Three in a hundred of a sales day are three that bought something."""
    quiet, busy = Watch(), Watch()
    for n in range(4):
        quiet.hear(1 + n / 100, "product")
        for _ in range(40):
            busy.hear(1 + n / 100)
        busy.hear(1 + n / 100, "product")

    assert quiet.burns
    assert busy.burns == []


def test_the_words_of_another_are_no_further_voice() -> None:
    detector = SlowBurn()
    text = "they puts formaldehyde in the milk and bribed the inspectors sign the petition"
    burns = [
        burn
        for n in range(50)
        for burn in detector.learn(
            "a",
            Allegation(
                mention_id=n,
                author=f"@{n}",
                at=START,
                harms={"safety": 1.0},
                text=f"{text} {n} {n + 1}",
            ),
        )
    ]

    assert burns == []


@pytest.mark.parametrize(
    ("one", "other", "echo"),
    [("abcd", "abef", False), ("abc", "abd", False), ("abc", "abcd", True), ("abc", "abc", True)],
)
def test_words_are_those_of_another_if_more_than_half_of_all_are_shared(
    one: str, other: str, *, echo: bool
) -> None:
    first, second = (
        Shingled(number, f"@{number}", START, frozenset((word,) for word in words))
        for number, words in enumerate((one, other))
    )
    assert is_echo(first, second, copied=0.5) is is_echo(second, first, copied=0.5) is echo


def test_others_back_what_is_said_until_people_are_told() -> None:
    watch = Watch()
    at = START + DAY
    one = said(100, at, {"safety": 1.0})
    half, echo = replace(one, harms={"safety": 0.5}), said(100, at, {"safety": 1.0}, author="@z")

    assert watch.detector.others("Castell Bank", one) == 0.0
    watch.detector.learn("Castell Bank", one)
    other = said(101, at, {"safety": 1.0})
    assert watch.detector.others("Castell Bank", other) == pytest.approx(log(20) - 19 * 0.012, 0.2)
    assert watch.detector.others("Castell Bank", said(102, at, {"labour": 1.0})) == 0.0
    assert watch.detector.others("Castell Bank", half) == 0.0
    assert watch.detector.others("Castell Bank", echo) == 0.0
    assert watch.detector.others(
        "Castell Bank", replace(other, harms={"labour": 1.0, "safety": 1.0})
    )
    for n in range(1, 6):
        watch.hear(1, "safety")
        found = watch.detector.others("Castell Bank", replace(other, harms={"safety": 0.5}))
        assert 0.0 < found <= log(20) / 2 if n < 2 else found in {0.0, log(20) / 2}
    assert watch.burns
    assert watch.detector.others("Castell Bank", other) == 0.0


def test_what_was_usual_long_ago_leaves_nothing_to_back_with() -> None:
    watch = Watch()
    watch.hear(0, "safety", share=0.5)
    for day in range(1, 40):
        watch.hear(day)
        watch.hear(day)

    assert watch.detector.others("Castell Bank", said(500, START + 40 * DAY, {"safety": 1.0})) == 0


def test_brands_are_counted_apart_and_harms_too() -> None:
    watch = Watch()
    for week in range(12):
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
    assert year(730, 0.6, 20) >= 1


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
    for week in range(2):
        watch.hear(7 * week, "deception")
    for day in range(28, 300):
        watch.hear(day)
    for week in range(2):
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
    burn = watch.burns[0]
    state = watch.detector._brands["Castell Bank"].tallies["deception"]

    assert len(state.said) == 20
    assert state.said[-1].mention_id == 59
    assert burn.mention_ids == (0, 1, 2)
    assert (watch.burns[-1].authors, len(watch.burns[-1].mention_ids)) == (20, 20)


def test_what_was_said_before_the_watch_is_told_with_the_next_complaint() -> None:
    detector = SlowBurn()

    def complain(week: int, *, old: bool) -> tuple[Burn, ...]:
        at = START + 7 * week * DAY
        made = replace(said(week, at, {"labour": 1.0}), is_history=old)
        return detector.learn("a", made)

    assert not any(complain(week, old=True) for week in range(20))
    [burn] = complain(20, old=False)
    assert burn.mention_ids == tuple(range(21))


class TestHowClearlyAHarmIsAlleged:
    READ: ClassVar[dict[str, float]] = {"deception": 0.5, "privacy": 0.19, "service": 0.99}

    @pytest.mark.parametrize(
        ("known", "shares"),
        [
            ({"alarm": 0.0, "complaint": 1.0}, {"deception": 1.0, "privacy": 0.475}),
            ({"alarm": 0.0, "complaint": 0.4}, {"deception": 0.5}),
            ({"alarm": 0.4, "complaint": 0.1}, {"deception": 0.5}),
            ({"alarm": 0.1, "complaint": 0.1}, {}),
            ({"alarm": 0.0, "complaint": 0.4, "fresh": True}, {"deception": 0.25}),
        ],
        ids=[
            "a complaint holds the brand to it",
            "half a complaint is half an allegation",
            "an expert would show it",
            "a harm that is only mentioned is none",
            "an account that nobody follows counts half",
        ],
    )
    def test_is_a_share_of_a_full_allegation(
        self, known: dict[str, Any], shares: dict[str, float]
    ) -> None:
        assert alleged_of(self.READ, **known) == pytest.approx(shares)

    def test_doubt_about_the_brand_and_the_language_lowers_it(self) -> None:
        clear = verdict(complaint=1.0, harms={"safety": 0.4}, about=1.0)

        assert alleged_in(clear) == {"safety": 1.0}
        assert alleged_in(replace(clear, about=0.5)) == {"safety": 0.5}
        assert alleged_in(replace(clear, alarm=1.0, complaint=0.0, about=0.5)) == {"safety": 0.5}
        assert alleged_in(replace(clear, language_trained=False)) == {}


def test_many_mentions_may_be_counted_at_once() -> None:
    one, other = SlowBurn(), SlowBurn()
    for _ in range(40):
        one.count("a", START)
    other.count("a", START, 40)

    assert one._brands["a"].mentions == other._brands["a"].mentions == 40
