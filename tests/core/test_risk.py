"""What weighs how much: named stories, then laws that hold for every story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.burns import Burn
from monitor.core.nearest import nearest
from monitor.core.risk import assess, severity
from monitor.core.risk_rules import RiskRules
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts
from monitor.core.types import HARMS, Forecast, Part, Risk, Stance
from monitor.core.volume import Surprise
from tests.core.facts import NOON, crowd, story

WATCH, WARNING, CRITICAL = 0.25, 0.5, 0.8
PRAISE = Stance(negative=0.02, neutral=0.08, positive=0.9)
NEUTRAL = Stance(negative=0.05, neutral=0.9, positive=0.05)
#: All that numbers can do for a story.
LOUD: dict[str, Any] = {"source_count": 30, "reach": 10**8, "reach_known": 5000, "outrage": 1.0}


def expecting(p50: float, viral: float | None = None) -> Forecast:
    return Forecast(
        now=1,
        p10=p50 / 2,
        p50=p50,
        p90=p50 * 2,
        at=NOON + timedelta(days=1),
        viral_probability=viral,
    )


def surprise(score: float, *, warm: bool = True) -> Surprise:
    return Surprise(count=40, expected=2.5, score=score, warm=warm, burst=True)


def part(risk: Risk, name: str) -> Part:
    return next(each for each in risk.parts if each.name == name)


class TestOnePost:
    """With no volume at all, what is said decides, and who says it."""

    @pytest.mark.parametrize(
        ("known", "least", "below"),
        [
            ({"severity": 3.0, "alarm": 0.85}, WARNING, 0.6),
            ({"severity": 4.0, "alarm": 0.9}, 0.7, CRITICAL),
            ({"severity": 4.0, "alarm": 0.9, "firsthand": 0.8}, CRITICAL, 1.0),
            ({"severity": 2.0, "alarm": 0.9}, WARNING, 0.6),
            ({"severity": 3.0, "alarm": 0.7}, WATCH, WARNING),
            ({"severity": 2.0, "alarm": 0.5}, WATCH, WARNING),
            ({"severity": 4.0, "alarm": 0.3}, WATCH, WARNING),
            ({"severity": 1.0, "alarm": 0.9}, WATCH, WARNING),
            ({"severity": 2.0, "alarm": 0.05}, 0.0, WATCH),
            ({"severity": 1.0, "alarm": 0.05, "outrage": 0.5}, 0.0, WATCH),
            ({"severity": 4.0, "alarm": 0.0, "outrage": 1.0}, 0.0, 0.0001),
        ],
    )
    def test_of_an_eyewitness(self, known: dict[str, Any], least: float, below: float) -> None:
        assert least <= assess(story(vouched=1.0, **known)).value < below

    @pytest.mark.parametrize(
        ("alarm", "least", "below"), [(0.95, WARNING, 0.7), (0.85, WATCH, WARNING)]
    )
    def test_of_somebody_who_heard_of_it_is_looked_at_unless_it_is_as_sure_as_can_be(
        self, alarm: float, least: float, below: float
    ) -> None:
        assert least <= assess(story(severity=3.5, alarm=alarm)).value < below

    def test_of_an_account_that_nobody_follows_is_looked_at(self) -> None:
        nobody = story(severity=3.5, alarm=0.95, fresh_share=1.0)
        assert WATCH <= assess(nobody).value < WARNING

    def test_an_eyewitness_may_have_opened_an_account_to_speak(self) -> None:
        grave = {"severity": 3.5, "alarm": 0.85, "vouched": 1.0}
        assert assess(story(**grave, fresh_share=1.0)) == assess(story(**grave))

    def test_what_a_paper_prints_weighs_more_than_what_somebody_saw(self) -> None:
        grave = {"severity": 2.5, "alarm": 0.65, "vouched": 1.0}
        assert assess(story(**grave)).value < WARNING - 0.04
        assert assess(story(**grave, edited=1.0)).value >= WARNING - 0.04

    def test_certainty_itself_can_be_weighed(self) -> None:
        assert 0.9 < assess(story(severity=4.0, alarm=1.0, vouched=1.0)).value <= 1.0

    def test_harms_speak_where_the_severity_was_not_seen(self) -> None:
        unseen = story(alarm=0.85, severity=0.5, harms={"safety": 0.95, "service": 0.9}, vouched=1)
        assert severity(unseen) == pytest.approx(0.8 * 3.6 * 0.95)
        assert assess(unseen).value >= WARNING

    def test_a_harm_without_a_gravity_of_its_own_bears_out_little(self) -> None:
        known = story(severity=3.5, harms={"unheard of": 1.0})
        assert severity(known) == pytest.approx(1.0)

    def test_every_harm_has_its_gravity(self) -> None:
        assert set(RiskRules().gravities) == set(HARMS)


class TestConfirmation:
    GRAVE: ClassVar[dict[str, Any]] = {"severity": 4.0, "alarm": 0.9}

    def test_others_who_merely_speak_are_not_enough_for_the_highest_level(self) -> None:
        assert WARNING < assess(crowd(5, **self.GRAVE)).value < CRITICAL

    @pytest.mark.parametrize("authors", [3, 5, 50, 5000])
    def test_three_authors_who_say_the_same_are(self, authors: int) -> None:
        assert assess(crowd(authors, backing=2.2, **self.GRAVE)).value >= CRITICAL

    def test_two_middling_witnesses_are_a_warning_where_one_is_not(self) -> None:
        """Alarm .6 of each: the second one adds half of log(.6 / .4) - log(.1 / .9)."""
        middling = {"severity": 3.0, "alarm": 0.6, "vouched": 0.6}
        assert WATCH <= assess(story(**middling)).value < WARNING
        assert WARNING <= assess(crowd(2, backing=1.3, **middling)).value < CRITICAL

    def test_others_may_say_so_in_other_stories(self) -> None:
        middling = story(severity=3.0, alarm=0.6, vouched=0.6)
        told = assess(middling, others=3.0)
        assert WARNING <= told.value < CRITICAL
        assert part(told, "voices").sentence == (
            "1 author with words of their own; posts outside this story bear it out "
            "(odds 4.5 times as high)."
        )

    @pytest.mark.parametrize(
        ("backing", "said"), [(0.5, "1.6"), (2.29, "9.9"), (2.31, "10"), (8.0, "2,981")]
    )
    def test_how_far_others_bear_it_out_is_told_without_idle_digits(
        self, backing: float, said: str
    ) -> None:
        told = assess(crowd(2, backing=backing, **self.GRAVE))
        assert f"(odds {said} times as high)" in part(told, "voices").sentence

    def test_the_same_people_are_not_counted_twice(self) -> None:
        backed = crowd(2, severity=3.0, alarm=0.6, backing=1.5)
        assert assess(backed, others=3.0) == assess(backed) != assess(backed, others=3.1)

    def test_many_posts_of_one_author_confirm_nothing(self) -> None:
        alone = assess(story(**self.GRAVE))
        shouting = assess(story(mention_count=200, **self.GRAVE))
        assert part(shouting, "voices").value == 0.0
        assert shouting.value - alone.value < 0.05


class TestSeverity:
    """Two heads speak of it: what is read is believed as far as what is alleged allows."""

    @pytest.mark.parametrize(
        ("read", "harms", "believed"),
        [
            (3.5, {"safety": 0.9}, 3.5),
            (3.5, {"safety": 0.03, "service": 0.02}, 1.0),
            (3.5, {"service": 0.9, "safety": 0.0}, 1.5),
            (3.5, {"safety": 0.15}, 1.23),
            (0.5, {"safety": 0.02}, 0.5),
            (0.0, {"safety": 1.0}, 2.88),
            (3.5, {}, 3.5),
        ],
        ids=[
            "a grave harm bears out a grave severity",
            "a grave tone without a harm is a tone",
            "routine service bears out little",
            "a harm hardly alleged bears out part of it",
            "a mild reading stays mild",
            "a harm implies a severity that was not read",
            "a reader without harms is believed",
        ],
    )
    def test_is_what_the_harms_bear_out(self, read, harms, believed):
        facts = story(severity=read, harms=harms)

        assert severity(facts) == pytest.approx(believed, abs=0.01)


class TestOrdinaryDays:
    @pytest.mark.parametrize("posts", [1, 5, 20, 50])
    def test_routine_complaints_stay_below_watch(self, posts: int) -> None:
        routine = crowd(
            posts, severity=1.0, alarm=0.05, complainants=0.9 * posts, firsthand=0.9, outrage=0.1
        )
        assert assess(replace(routine, source_count=5), forecast=expecting(200)).value < WATCH

    @pytest.mark.parametrize(
        ("posts", "least", "below"), [(200, WATCH, WARNING), (400, WARNING, 0.7), (5000, 0.6, 0.8)]
    )
    def test_a_flood_of_complaints_rises(self, posts: int, least: float, below: float) -> None:
        flood = crowd(
            posts, severity=1.5, alarm=0.1, complainants=0.9 * posts, firsthand=0.7, outrage=0.3
        )
        assert least <= assess(flood, forecast=expecting(posts * 2)).value < below

    @pytest.mark.parametrize(
        ("name", "known"),
        [
            ("praise goes around", {"stance": PRAISE, "alarm": 0.03}),
            ("praise that was misread", {"stance": PRAISE, "alarm": 0.2, "severity": 1.0}),
            ("a launch is talked about", {"stance": NEUTRAL, "alarm": 0.02, "severity": 0.2}),
            ("volume alone", {"alarm": 0.0, "severity": 0.0}),
        ],
    )
    @pytest.mark.parametrize("posts", [1, 100, 10_000])
    def test_numbers_alone_never_alert(self, name: str, known: dict[str, Any], posts: int) -> None:
        loud = crowd(posts, **LOUD | {"outrage": 0.0} | known)
        told = assess(loud, forecast=expecting(10**5, 1.0), surprise=surprise(1.0))
        assert told.value < WATCH, name

    def test_without_any_alarm_everything_is_nothing(self) -> None:
        loud = crowd(10**6, firsthand=1.0, severity=4.0, **LOUD)
        assert assess(loud, forecast=expecting(10**9, 1.0), surprise=surprise(1.0)).value == 0.0


class TestNumbers:
    BASE: ClassVar[dict[str, Any]] = {"severity": 3.0, "alarm": 0.85, "vouched": 1.0}

    def test_growth_is_the_strongest_of_its_signs(self) -> None:
        quiet = assess(story(**self.BASE))
        assert part(quiet, "growth").value == 0.0
        viral = assess(story(**self.BASE), forecast=expecting(10, 0.9))
        grown = assess(story(**self.BASE), forecast=expecting(10_000, 0.1))
        huge = assess(story(**self.BASE), forecast=expecting(10**9))
        assert 0 < part(viral, "growth").value < part(grown, "growth").value
        assert grown.value == huge.value

    def test_surprise_counts_once_the_usual_volume_is_known(self) -> None:
        cold = assess(story(**self.BASE), surprise=surprise(0.9, warm=False))
        warm = assess(story(**self.BASE), surprise=surprise(0.9))
        assert part(cold, "growth").value == 0.0
        assert part(warm, "growth").value > 0.05
        assert (
            "has 40 mentions within an hour where 2.5 are usual" in part(warm, "growth").sentence
        )
        assert part(cold, "growth").sentence.endswith("; what is usual is not known yet.")

    def test_what_is_hardly_ever_spoken_of_is_not_usual_0_0_times(self) -> None:
        rare = replace(surprise(0.9), expected=0.04)
        told = part(assess(story(), surprise=rare), "growth").sentence
        assert "within an hour where hardly any are usual" in told

    @pytest.mark.parametrize(
        ("harm", "least", "most"),
        [("safety", 0.66, 0.67), ("deception", 0.57, 0.58), ("boycott", 0.44, 0.45), ("?", 0, 0)],
    )
    def test_what_trickled_in_carries_a_warning_if_the_harm_is_grave(
        self, harm: str, least: float, most: float
    ) -> None:
        burn = Burn(
            brand="b",
            harm=harm,
            since=NOON,
            mention_ids=(1,),
            authors=9,
            expected=1.0,
            evidence=7.0,
        )
        calm = assess(story(alarm=0.0, severity=0.0), burn=burn)
        assert least <= part(calm, "slow burn").value <= most
        assert part(calm, "slow burn").sentence == burn.sentence
        assert all(each.name != "slow burn" for each in assess(story()).parts)

    def test_a_growth_part_says_what_is_expected(self) -> None:
        told = part(assess(story(), forecast=expecting(20, 0.25)), "growth").sentence
        assert told == (
            "1 mention so far; 10 to 40 expected by tomorrow; 25 % chance of going viral."
        )

    def test_what_spreads_beyond_the_mentions_that_were_seen_is_told_with_them(self) -> None:
        spread = replace(story(), echoes=((60.0, 2900.0), (360.0, 100.4)))
        told = part(assess(spread, forecast=expecting(20, 1.0)), "growth").sentence
        assert told == (
            "1 mention so far, passed on or answered 3,000 times; 10 to 40 expected by tomorrow; "
            "it has gone viral."
        )

    def test_a_chance_that_is_small_is_not_called_none(self) -> None:
        told = part(assess(story(), forecast=expecting(20, 0.001)), "growth").sentence
        assert told.endswith("under 1 % chance of going viral.")

    @pytest.mark.parametrize(
        ("minutes", "viral", "ending"),
        [
            (2, 0.001, "under 1 % chance of going viral; it is too early to tell."),
            (60, 0.001, "under 1 % chance of going viral."),
            (2, 1.0, "it has gone viral."),
        ],
        ids=["in its first minutes", "an hour later", "what is there is there"],
    )
    def test_of_one_young_post_nobody_can_tell_how_it_grows(
        self, minutes: int, viral: float, ending: str
    ) -> None:
        young = replace(story(), first_at=NOON - timedelta(minutes=minutes))
        told = part(assess(young, forecast=expecting(2, viral)), "growth").sentence
        assert told.endswith(ending)

    def test_what_is_viral_already_is_told_as_a_fact_and_no_chance(self) -> None:
        told = part(assess(story(), forecast=expecting(20, 1.0)), "growth").sentence
        assert told.endswith("10 to 40 expected by tomorrow; it has gone viral.")

    def test_unknown_followers_are_not_none(self) -> None:
        unknown = assess(crowd(200, **self.BASE))
        nobody = assess(crowd(200, reach=0, reach_known=200, **self.BASE))
        assert part(unknown, "reach").value > part(nobody, "reach").value == 0.0

    def test_ten_million_followers_are_all_the_reach_there_is(self) -> None:
        some = assess(story(**self.BASE, reach=10**7, reach_known=1))
        all_ = assess(story(**self.BASE, reach=10**9, reach_known=1))
        assert part(some, "reach").value == part(all_, "reach").value > 0.04

    def test_each_tenfold_of_the_followers_adds_as_much(self) -> None:
        few, some, many, most = (
            part(assess(story(**self.BASE, reach=10**n, reach_known=1)), "reach").value
            for n in range(4, 8)
        )
        assert few == 0.0
        assert (some, many) == pytest.approx((most / 3, most * 2 / 3), abs=1e-4)

    @pytest.mark.parametrize(
        ("severity", "weight"), [(1.0, 0.0), (1.5, 0.0), (2.75, 0.5), (4.0, 1.0)]
    )
    def test_an_eyewitness_weighs_the_more_the_graver_it_is(
        self, severity: float, weight: float
    ) -> None:
        """Three fifths at the gravest, of what is there times the room that is left."""
        saw = assess(story(alarm=0.9, severity=severity, firsthand=1.0, vouched=1.0))
        there = sum(each.value for each in saw.parts[:3])
        assert [each.name for each in saw.parts[:4]] == ["alarm", "harm", "voices", "first-hand"]
        told = part(saw, "first-hand").value
        assert told == pytest.approx(0.6 * weight * there * (1.0 - there), abs=1e-4)

    def test_sentences_carry_the_numbers(self) -> None:
        told = assess(
            crowd(
                12,
                alarm=0.71,
                best_alarm=0.83,
                severity=3.2,
                harms={"safety": 0.9, "legal": 0.3, "praise": 0.9, "service": 0.29},
                firsthand=0.44,
                outrage=0.375,
                source_count=1,
                reach=12_345,
                reach_known=1,
                complainants=7.2,
            )
        )
        alarm, *others = (each.sentence for each in told.parts)
        assert alarm == (
            "An expert would show this to leadership with probability 0.71 "
            "(highest of one post 0.83)."
        )
        assert others == [
            "Severity 3.2 of 4; alleged: safety 0.90; perhaps legal 0.30.",
            "12 authors with words of their own.",
            "Best first-hand evidence 0.44 of 1; perhaps an eyewitness.",
            "38% of the posts show outrage.",
            "Seen in 1 source.",
            "12 mentions so far.",
            "12,345 followers of 1 author; of 11 more it is not known.",
            "About 7 authors complain of it.",
            "No sign of a campaign.",
        ]

    @pytest.mark.parametrize(
        ("known", "said"),
        [
            ({"reach_known": 0}, "How many follow the 12 authors is not known."),
            ({"author_count": 0, "reach_known": 0}, "How many follow the author is not known."),
            ({"reach": 900, "reach_known": 12}, "900 followers of 12 authors."),
            (
                {"reach": 900, "reach_known": 11},
                "900 followers of 11 authors; of 1 more it is not known.",
            ),
        ],
    )
    def test_followers_are_counted_of_those_of_whom_they_are_known(
        self, known: dict[str, Any], said: str
    ) -> None:
        assert part(assess(crowd(12, alarm=0.7, **known)), "reach").sentence == said

    @pytest.mark.parametrize(
        ("known", "said"),
        [
            ({"vouched": 0.49, "edited": 0.49}, "so far it is hearsay"),
            ({"vouched": 0.5}, "that weighs"),
            ({"vouched": 1.0, "edited": 0.5}, "an edited source reports it"),
        ],
    )
    def test_it_says_who_says_so(self, known: dict[str, Any], said: str) -> None:
        told = part(assess(story(**known)), "first-hand").sentence
        assert told == f"Best first-hand evidence 0.00 of 1; {said}."

    def test_one_complains_and_two_complain(self) -> None:
        told = [part(assess(story(complainants=n)), "complaints").sentence for n in (1.2, 2.0)]
        assert told == [
            "About 1 author complains of it.",
            "About 2 authors complain of it.",
        ]

    def test_without_harm_it_says_so(self) -> None:
        told = part(assess(story(harms={"service": 0.2})), "harm").sentence
        assert told == "Severity 0.2 of 4; no harm is clearly alleged."

    def test_what_is_not_named_as_alleged_elsewhere_is_alleged_perhaps(self) -> None:
        weak = story(harms={"labour": 0.46, "discrimination": 0.36, "legal": 0.2})
        told = part(assess(weak), "harm").sentence
        assert told.endswith("; perhaps alleged: labour 0.46, discrimination 0.36.")
        mixed = story(harms={"mistreatment": 0.8, "labour": 0.35})
        told = part(assess(mixed), "harm").sentence
        assert told.endswith("; alleged: mistreatment 0.80; perhaps labour 0.35.")

    def test_what_may_be_first_hand_is_not_called_hearsay(self) -> None:
        told = part(assess(story(firsthand=0.45)), "first-hand").sentence
        assert told == "Best first-hand evidence 0.45 of 1; perhaps an eyewitness."


class TestBrigading:
    """Many accounts with one text make less of a case than the text alone."""

    GRAVE: ClassVar[dict[str, Any]] = {"severity": 4.0, "alarm": 0.8, "outrage": 0.9}

    def campaign(self, posts: int, share: float, fresh: float | None = None) -> StoryFacts:
        counts = {"mention_count": posts, "author_count": posts, "voices": 2}
        copied = {"copies": round(share * posts), "copies_share": share, "fresh_share": fresh}
        return story(**self.GRAVE | counts | copied)

    def test_a_campaign_of_copies_falls_below_warning(self) -> None:
        told = assess(self.campaign(300, 0.95))
        assert told.value < WARNING
        assert part(told, "credibility").value < -0.25

    def test_it_is_looked_at_all_the_same(self) -> None:
        assert WATCH < assess(self.campaign(300, 1.0, 1.0)).value == 0.3

    def test_what_nobody_would_look_at_is_not_for_being_copied(self) -> None:
        mild = {**self.GRAVE, "severity": 1.0, "alarm": 0.1}
        copied = story(**mild, copies=300, copies_share=1.0)
        assert assess(copied).value == assess(story(**mild)).value < WATCH

    def test_fresh_accounts_make_it_worse(self) -> None:
        seen = self.campaign(300, 0.95, 0.9)
        assert assess(seen).value < assess(self.campaign(300, 0.95, 0.1)).value
        assert part(assess(seen), "credibility").sentence == (
            "95% of the posts copy a text of the same site; "
            "90% of the authors have under 10 followers."
        )

    def test_without_followers_only_the_copies_are_named(self) -> None:
        told = part(assess(self.campaign(300, 0.95)), "credibility").sentence
        assert told == "95% of the posts copy a text of the same site."

    @pytest.mark.parametrize(("posts", "share"), [(5, 0.8), (300, 0.3), (300, 0.0)])
    def test_some_copying_is_how_every_story_spreads(self, posts: int, share: float) -> None:
        assert part(assess(self.campaign(posts, share)), "credibility").value == 0.0

    def test_five_copies_are_a_sign(self) -> None:
        assert part(assess(self.campaign(6, 5 / 6)), "credibility").value < 0.0

    def test_fresh_accounts_alone_are_no_campaign(self) -> None:
        assert part(assess(self.campaign(300, 0.0, 1.0)), "credibility").value == 0.0


shares = st.floats(0, 1)
counts = st.integers(1, 10**6)


@st.composite
def stories(draw: st.DrawFn) -> StoryFacts:
    mentions, positive = draw(counts), draw(shares)
    return story(
        mention_count=mentions,
        author_count=draw(counts),
        voices=draw(counts),
        source_count=draw(counts),
        alarm=draw(shares),
        severity=draw(st.floats(0, 4)),
        vouched=draw(shares),
        edited=draw(shares),
        backing=draw(st.floats(0, 5)),
        firsthand=draw(shares),
        outrage=draw(shares),
        complainants=draw(st.floats(0, 10**6)),
        reach=draw(st.integers(0, 10**9)),
        reach_known=draw(counts),
        copies=draw(counts),
        copies_share=draw(shares),
        fresh_share=draw(st.none() | shares),
        stance=Stance(negative=1 - positive, neutral=0.0, positive=positive),
        harms={"safety": draw(shares), "service": draw(shares)},
    )


class TestLaws:
    @given(stories())
    def test_the_parts_add_up_exactly(self, known: StoryFacts) -> None:
        told = assess(known)
        total = sum((Decimal(str(each.value)) for each in told.parts), Decimal(0))
        assert total == Decimal(str(told.value))
        assert 0.0 <= told.value <= 1.0
        assert [each.name for each in told.parts] == [
            *("alarm", "harm", "voices", "first-hand", "outrage", "sources"),
            *("growth", "reach", "complaints", "credibility"),
        ]
        assert all(each.value >= 0 for each in told.parts[:-1])
        assert told.parts[-1].value <= 0

    @given(
        stories(), st.sampled_from(["alarm", "firsthand", "vouched", "edited", "outrage"]), shares
    )
    def test_it_never_falls_when_a_probability_grows(
        self, known: StoryFacts, name: str, more: float
    ) -> None:
        grown = replace(known, **{name: max(more, getattr(known, name))})
        assert assess(grown).value >= assess(known).value

    @given(
        stories(),
        st.sampled_from(["mention_count", "voices", "source_count", "complainants", "reach"]),
        counts,
    )
    @example(story(alarm=0.5), "reach", 10**9)
    def test_it_never_falls_when_a_number_grows(
        self, known: StoryFacts, name: str, more: int
    ) -> None:
        grown = replace(known, **{name: getattr(known, name) + more})
        assert assess(grown).value >= assess(known).value

    @given(stories(), st.floats(0, 4), shares)
    def test_it_never_falls_when_the_harm_grows(
        self, known: StoryFacts, severe: float, safety: float
    ) -> None:
        graver = replace(
            known,
            severity=max(known.severity, severe),
            harms={**known.harms, "safety": max(known.harms["safety"], safety)},
        )
        assert assess(graver).value >= assess(known).value

    @given(stories(), st.floats(1, 10**6), st.floats(1, 10**6), shares, shares)
    def test_it_never_falls_when_the_outlook_grows(
        self, known: StoryFacts, one: float, other: float, viral: float, score: float
    ) -> None:
        low, high = sorted((one, other))
        before = assess(known, forecast=expecting(low, viral * score))
        after = assess(known, forecast=expecting(high, viral), surprise=surprise(score))
        assert after.value >= before.value

    @given(stories(), st.sampled_from(["copies_share", "fresh_share"]), shares)
    def test_it_never_rises_with_copies_and_fresh_accounts(
        self, known: StoryFacts, name: str, more: float
    ) -> None:
        worse: StoryFacts = replace(known, **_raised(known, name, more))
        assert assess(worse).value <= assess(known).value


def _raised(known: StoryFacts, name: str, more: float) -> dict[str, Any]:
    return {name: max(more, getattr(known, name) or 0.0)}


class TestNearest:
    """For `monitor why`: how far from which threshold, and what tipped it."""

    SETTINGS = AlertSettings()

    @staticmethod
    def of(**values: float) -> Risk:
        parts = tuple(Part(name=n, value=v, sentence="") for n, v in values.items())
        return Risk(value=round(sum(values.values()), 4), parts=parts)

    def test_just_reached_names_the_smallest_part_that_carried_it(self) -> None:
        told = nearest(self.of(harm=0.4, voices=0.08, growth=0.04), self.SETTINGS)
        assert told == (
            "Nearest is warning at 0.50; the risk is 0.52, 0.0200 above. "
            "Without growth (+0.0400) it would have stayed below."
        )

    def test_reached_by_no_single_part(self) -> None:
        told = nearest(self.of(harm=0.1, voices=0.1, growth=0.1, reach=0.1), self.SETTINGS)
        assert told.startswith("Nearest is warning at 0.50; the risk is 0.40, 0.1000 short. ")
        told = nearest(self.of(**dict.fromkeys("abcdefg", 0.05)), self.SETTINGS)
        assert told.endswith("0.1000 above. No single part alone carried it over.")

    def test_just_missed_says_how_much_more_it_took(self) -> None:
        told = nearest(self.of(harm=0.7, voices=0.08), self.SETTINGS)
        assert told == (
            "Nearest is critical at 0.80; the risk is 0.78, 0.0200 short. "
            "0.0200 more would do; the largest part is harm (+0.7000)."
        )

    def test_missed_for_want_of_credibility(self) -> None:
        told = nearest(self.of(harm=0.3, credibility=-0.1), self.SETTINGS)
        assert told == (
            "Nearest is watch at 0.25; the risk is 0.20, 0.0500 short. "
            "Without credibility (-0.1000) it would have been reached."
        )

    def test_the_thresholds_are_those_of_the_configuration(self) -> None:
        told = nearest(self.of(harm=0.3), AlertSettings(watch=0.1, warning=0.31))
        assert told.startswith("Nearest is warning at 0.31;")


class TestLanguagesThatWereNotTrained:
    UNREAD: ClassVar[dict[str, Any]] = {
        "untrained_count": 2,
        "untrained_languages": ("es", "pt", "it", "ro"),
        "untrained_alarm": 0.91,
    }

    def test_they_weigh_nothing_by_themselves(self) -> None:
        assert assess(story(**self.UNREAD)).value == 0.0

    def test_they_change_nothing_of_what_is_weighed(self) -> None:
        known = {"alarm": 0.7, "severity": 3.0}
        assert assess(story(**known, **self.UNREAD)).value == assess(story(**known)).value

    def test_what_is_not_weighed_is_said(self) -> None:
        said = part(assess(story(**self.UNREAD)), "credibility").sentence
        assert said == (
            "Not weighed: alarm 0.91 of 2 posts in a language (es, pt, it) that the classifier "
            "was not trained on. No sign of a campaign."
        )

    def test_it_fits_into_an_alert_beside_the_signs_of_a_campaign(self) -> None:
        copied = story(**self.UNREAD, copies=9, copies_share=1.0, fresh_share=1.0)
        assert len(part(assess(copied), "credibility").sentence) <= 200

    def test_one_post_is_one_post(self) -> None:
        one = story(untrained_count=1, untrained_languages=("es",))
        assert "of 1 post in a language (es)" in part(assess(one), "credibility").sentence
