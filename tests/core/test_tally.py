"""What a story adds up to: counts, credible values, copies, memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import people, readings, timeline
from monitor.core.distinct import SIZE, Distinct
from monitor.core.milestones import Reached
from monitor.core.readings import leading
from monitor.core.tally import StoryFacts, Tally
from monitor.core.timeline import Timeline
from monitor.core.types import Mention, Stance, Verdict
from tests.core.facts import GRAVE, HOUR, MINUTE, NOON, mention, verdict

ROUTINE = verdict()
#: "Does Acme let you take a pushchair to the gate?"
QUESTION = verdict(
    alarm=0.01, complaint=0.01, stance=Stance(negative=0.02, neutral=0.9, positive=0.08)
)


def tallied(*heard: tuple[Mention, Verdict]) -> Tally:
    tally = Tally("Acme")
    for one, read in heard:
        tally.add(one, read)
    return tally


def facts(*heard: tuple[Mention, Verdict]) -> StoryFacts:
    return tallied(*heard).facts(NOON + HOUR)


def routine(numbers: Iterable[int], **known: Any) -> list[tuple[Mention, Verdict]]:
    return [(mention(number, **known), ROUTINE) for number in numbers]


class TestWhatWasSaidBeforeAnythingWasAlleged:
    """Talk of the same subject is no part of the scandal about it."""

    TALK = tuple((mention(number, source="forum"), QUESTION) for number in (1, 2))
    SCANDAL = ((mention(5), GRAVE), (mention(6), QUESTION))

    def test_is_not_counted(self) -> None:
        known = facts(*self.TALK, *self.SCANDAL)
        assert known.mention_count == known.author_count == 2
        assert known.source_count == 1
        assert known.first_at == mention(5).at
        assert len(known.times) == 2

    def test_counts_while_nothing_is(self) -> None:
        assert facts(*self.TALK).mention_count == 2
        assert facts(*self.TALK).first_at == mention(1).at

    def test_is_not_counted_when_it_is_seen_late(self) -> None:
        known = facts(*self.SCANDAL, *self.TALK)
        assert (known.mention_count, known.first_at) == (2, mention(5).at)

    def test_an_allegation_that_is_seen_late_is(self) -> None:
        known = facts((mention(5), GRAVE), (mention(1), GRAVE))
        assert (known.mention_count, known.first_at) == (2, mention(1).at)

    @pytest.mark.parametrize("turn", [1, -1])
    def test_is_not_counted_when_two_stories_are_one(self, turn: int) -> None:
        one, other = (tallied(*each) for each in (self.TALK, self.SCANDAL)[::turn])
        one.absorb(other)
        known = one.facts(NOON + HOUR)
        assert (known.mention_count, known.first_at) == (2, mention(5).at)

    @pytest.mark.parametrize("turn", [1, -1])
    def test_talk_from_afterwards_is(self, turn: int) -> None:
        later = tuple((mention(number), QUESTION) for number in (7, 8))
        one, other = (tallied(*each) for each in (later, self.SCANDAL)[::turn])
        one.absorb(other)
        assert one.facts(NOON + HOUR).mention_count == 4

    def test_a_text_that_was_not_understood_may_have_begun_it(self) -> None:
        spanish = replace(QUESTION, language="es", language_trained=False)
        assert facts((mention(1), spanish), *self.SCANDAL).mention_count == 3

    def test_a_copy_from_before_is_no_copy(self) -> None:
        same = {"text": "Does it hurt?", "fingerprint": "same", "url": None, "source": "town"}
        heard = [(mention(number, **same), QUESTION) for number in (1, 2, 3)]
        assert facts(*heard, *self.SCANDAL).copies == 0


class TestWhatCounts:
    def test_an_empty_story_knows_nothing(self) -> None:
        empty = facts()
        assert empty.mention_count == empty.voices == empty.reach == 0
        assert empty.first_at == empty.last_at == empty.first_seen_at == empty.at == NOON + HOUR
        assert empty.alarm == empty.severity == empty.firsthand == empty.best_alarm == 0.0
        assert empty.stance == Stance(negative=0.0, neutral=1.0, positive=0.0)
        assert empty.fresh_share is None
        assert empty.title == ""
        assert empty.times == ()
        assert empty.count_since(NOON) == 0

    def test_every_mention_counts_once(self) -> None:
        known = facts(*routine(range(1, 4)))
        assert known.brand == "Acme"
        assert known.mention_count == known.author_count == known.voices == 3
        assert known.source_count == 1
        assert known.times == (0.0, 60.0, 120.0)
        assert (known.first_at, known.last_at) == (NOON + MINUTE, NOON + 3 * MINUTE)
        assert known.first_seen_at == NOON + MINUTE

    def test_history_is_held_and_does_not_count(self) -> None:
        tally = tallied((mention(1, history=True), GRAVE))
        known = tally.facts(NOON + HOUR)
        assert tally.holds(1)
        assert (known.mention_count, known.voices, known.alarm) == (0, 0, 0.0)

    def test_a_repost_spreads_but_says_nothing_of_its_own(self) -> None:
        known = facts((mention(1), GRAVE), (mention(2, repost_of="n1"), GRAVE))
        assert (known.mention_count, known.repost_count, known.author_count) == (2, 1, 2)
        assert (known.voices, known.copies, known.complainants) == (1, 0, 0.9)

    def test_kinds_tell_when_each_was_first_seen(self) -> None:
        later = mention(2, kind="news")
        earlier = mention(3, kind="news", seen_at=NOON, published_at=NOON)
        known = facts((mention(1), ROUTINE), (later, ROUTINE), (earlier, ROUTINE))
        assert known.kinds == {"mastodon": NOON + MINUTE, "news": NOON}

    def test_posts_seen_out_of_order_are_put_in_order(self) -> None:
        known = facts(*routine([5, 1, 3]))
        assert known.times == (0.0, 120.0, 240.0)
        assert (known.first_at, known.last_at) == (NOON + MINUTE, NOON + 5 * MINUTE)

    def test_it_can_say_how_many_there_were_before(self) -> None:
        known = facts(*routine(range(1, 11)))
        assert known.count_until(NOON) == 0
        assert known.count_until(NOON + 4 * MINUTE) == 4
        assert known.count_since(NOON + 4 * MINUTE) == 6


class TestPeople:
    def test_one_author_is_one_voice_however_often_he_speaks(self) -> None:
        known = facts(*routine(range(1, 6), author="@angry"))
        assert (known.mention_count, known.author_count, known.voices) == (5, 1, 1)

    def test_copies_of_one_text_are_one_voice(self) -> None:
        known = facts(*routine(range(1, 6), fingerprint="same"))
        assert (known.author_count, known.voices) == (5, 1)
        assert (known.copies, known.copies_share) == (4, 0.8)

    def test_a_wire_story_in_many_papers_is_no_copy(self) -> None:
        papers = [mention(n, fingerprint="wire", url=f"https://paper{n}.example/") for n in (1, 2)]
        assert facts(*((paper, ROUTINE) for paper in papers)).copies == 0

    @pytest.mark.parametrize(
        ("urls", "authors"),
        [
            (("https://a.example/1", "https://a.example/2"), 1),
            (("https://a.example/1", "https://b.example/1"), 2),
            ((None, None), 1),
        ],
    )
    def test_without_an_author_the_site_speaks(
        self, urls: tuple[str | None, ...], authors: int
    ) -> None:
        posts = [mention(n, author=None, url=url) for n, url in enumerate(urls)]
        assert facts(*((post, ROUTINE) for post in posts)).author_count == authors

    def test_a_question_bears_nothing_out(self) -> None:
        """It spreads the story all the same."""
        known = facts((mention(1), GRAVE), (mention(2), QUESTION))
        assert (known.voices, known.mention_count, known.author_count) == (1, 2, 2)
        assert known.evidence == (1,)
        assert known.complainants == pytest.approx((0.9 + 0.01) / 2 * 2)

    def test_who_says_that_it_is_not_true_bears_nothing_out(self) -> None:
        denial = mention(2, author="@b", text="Police: nobody was hurt, the rumour is false")
        known, alone = facts((mention(1), GRAVE), (denial, GRAVE)), facts((mention(1), GRAVE))
        assert (known.voices, known.backing) == (alone.voices, alone.backing) == (1, 0.0)
        assert known.mention_count == 2
        assert set(known.evidence) == {1, 2}

    def test_a_witness_who_says_that_it_is_not_true_is_no_witness_of_it(self) -> None:
        """ "I work at that hospital, no child came in" is no proof that one was hurt."""
        hearsay = replace(GRAVE, firsthand=0.1)
        rumour = mention(1, text="Share this: a child is in hospital"), hearsay
        denial = mention(2, author="@b", text="I work there. The rumour is false"), GRAVE
        known, alone = facts(rumour, denial), facts(rumour)
        assert (known.firsthand, known.vouched) == (alone.firsthand, alone.vouched) == (0.1, 0.1)
        assert known.title == alone.title
        assert facts(denial).title == "I work there. The rumour is false"

    def test_a_milestone_is_as_old_as_its_first_mention(self) -> None:
        dead = verdict(alarm=0.9, severity=4.0, harms={"safety": 0.9})
        first, second = (mention(n, author=f"@{n}", text=f"Man {n} dies at Acme") for n in (1, 2))
        found = facts((second, dead)), facts((first, dead))
        assert found[0].milestones == {"death": Reached(second.seen_at, "Man 2 dies at Acme")}
        both = tallied((second, dead))
        both.absorb(tallied((first, dead)))
        assert both.facts(NOON + HOUR).milestones == found[1].milestones

    def test_without_an_allegation_there_is_no_voice_and_the_posts_are_still_shown(self) -> None:
        known = facts((mention(1), QUESTION), (mention(2), QUESTION))
        assert (known.voices, known.evidence) == (0, (1, 2))

    @pytest.mark.parametrize(
        "against",
        [
            {"alarm": 0.2},
            {"complaint": 0.2},
            {"stance": Stance(negative=0.2, neutral=0.8, positive=0)},
        ],
    )
    def test_alarm_complaint_or_a_stance_against_it_is_a_voice(
        self, against: dict[str, Any]
    ) -> None:
        assert facts((mention(1), replace(QUESTION, **against))).voices == 1

    def test_in_a_language_that_was_not_learnt_everybody_is_a_voice(self) -> None:
        strange = replace(QUESTION, language="th", language_trained=False)
        assert facts((mention(1), strange)).voices == 1

    def test_followers_count_once_for_each_author(self) -> None:
        posts = [mention(n, author=a, author_followers=f) for n, a, f in _FOLLOWED]
        known = facts(*((post, ROUTINE) for post in posts))
        assert (known.reach, known.reach_known, known.author_count) == (1009, 2, 3)
        assert known.fresh_share == 0.5

    def test_beyond_the_limit_followers_are_still_added(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(people, "MAX_FOLLOWED", 2)
        posts = [mention(n, author_followers=100 + n) for n in range(4)]
        again = mention(9, author="@author1", author_followers=150)
        known = facts(*((post, ROUTINE) for post in (*posts, again)))
        assert (known.reach, known.reach_known) == (100 + 150 + 102 + 103, 4)

    def test_complainants_are_voices_not_posts(self) -> None:
        assert facts(*routine(range(10), author="@one")).complainants == pytest.approx(0.9)
        assert facts(*routine(range(10))).complainants == pytest.approx(9.0)


_FOLLOWED = [(1, "@big", 1000), (2, "@big", 1000), (3, "@new", 9), (4, "@secret", None)]


class TestCredibleValues:
    def test_one_grave_post_alone_counts_in_full(self) -> None:
        known = facts((mention(1), GRAVE))
        assert (known.alarm, known.severity, known.firsthand) == (0.9, 4.0, 0.8)
        assert known.harms["safety"] == 0.95

    def test_it_still_does_among_a_few_mild_ones(self) -> None:
        known = facts((mention(1), GRAVE), *routine(range(2, 9)))
        assert (known.alarm, known.severity) == (0.9, 4.0)

    def test_one_noisy_verdict_among_hundreds_does_not_rule(self) -> None:
        known = facts((mention(1), GRAVE), *routine(range(2, 400)))
        assert known.alarm == pytest.approx((0.9 + 3 * 0.05) / 4)
        assert known.severity == pytest.approx((4 + 3 * 1) / 4)
        assert known.harms["safety"] == pytest.approx(0.95 / 4)
        assert known.best_alarm == 0.9

    def test_five_grave_posts_among_hundreds_do(self) -> None:
        grave: list[tuple[Mention, Verdict]] = [(mention(n), GRAVE) for n in range(5)]
        known = facts(*routine(range(10, 400)), *grave)
        assert known.alarm == pytest.approx(0.9)
        assert known.severity == pytest.approx(4.0)

    def test_copies_of_a_grave_text_each_count(self) -> None:
        grave = [(mention(n, fingerprint="same"), GRAVE) for n in range(5)]
        assert facts(*routine(range(10, 400)), *grave).alarm == pytest.approx(0.9)

    @pytest.mark.parametrize(
        ("count", "expected"), [(0, 1), (1, 1), (8, 1), (16, 2), (32, 3), (64, 4), (1000, 4)]
    )
    def test_the_mean_is_over_few(self, count: int, expected: float) -> None:
        assert leading(count) == expected

    def test_doubt_about_the_brand_discounts(self) -> None:
        known = facts((mention(1), verdict(about=0.6, alarm=0.5, firsthand=1.0, outrage=0.5)))
        assert known.alarm == pytest.approx(0.3)
        assert known.firsthand == pytest.approx(0.6)
        assert known.outrage == pytest.approx(0.3)
        assert known.complainants == pytest.approx(0.54)

    def test_an_eyewitness_confirms_as_far_as_his_own_alarm_goes(self) -> None:
        news = verdict(alarm=0.9, firsthand=0.1)
        known = facts((mention(1), news), (mention(2), verdict(alarm=0.45, firsthand=0.9)))
        assert known.firsthand == pytest.approx(0.45)

    def test_shares_are_means_over_all_readings(self) -> None:
        glad = verdict(stance=Stance(negative=0.0, neutral=0.0, positive=1.0), complaint=0.0)
        known = facts((mention(1), ROUTINE), (mention(2), glad))
        assert known.stance.negative == pytest.approx(0.4)
        assert known.stance.neutral == pytest.approx(0.1)
        assert known.stance.positive == pytest.approx(0.5)
        assert known.complainants == pytest.approx(2 * 0.45)


class TestWhatIsShown:
    def test_evidence_is_worst_first_and_of_different_texts(self) -> None:
        posts: list[tuple[Mention, Verdict]] = [
            (mention(1, fingerprint="a"), verdict(alarm=0.2)),
            (mention(2, fingerprint="b"), verdict(alarm=0.9)),
            (mention(3, fingerprint="b"), verdict(alarm=0.9)),
            (mention(4, fingerprint="c"), verdict(alarm=0.9, severity=3.0)),
        ]
        assert facts(*posts).evidence == (4, 2, 1)

    def test_a_worse_reading_of_the_same_text_takes_its_place(self) -> None:
        mild, grave = mention(1, fingerprint="a"), mention(2, fingerprint="a")
        assert facts((mild, ROUTINE), (grave, GRAVE)).evidence == (2,)

    def test_there_are_at_most_five(self) -> None:
        tally = tallied(*routine(range(1, 40)))
        assert tally.facts(NOON).evidence == (1, 2, 3, 4, 5)
        assert tally.evidence_ids() == frozenset(range(1, readings.MAX_TEXTS + 1))

    def test_the_title_is_that_of_the_worst(self) -> None:
        posts = [(mention(1, title="A\n delay"), ROUTINE), (mention(2, title="A crash"), GRAVE)]
        known = facts(*posts)
        assert known.titles == ("A crash", "A delay")
        assert known.title == "A crash"

    def test_at_most_three_titles_none_twice(self) -> None:
        titled = [(mention(n, title=f"Title {n // 2}"), ROUTINE) for n in range(20)]
        assert facts(*titled).titles == ("Title 0", "Title 1", "Title 2")

    def test_a_long_text_is_cut_at_a_word(self) -> None:
        title = facts((mention(1, text="seven words " * 30), GRAVE)).title
        assert title == "seven words " * 9 + "seven…"

    def test_a_title_of_the_full_length_is_not_cut(self) -> None:
        assert facts((mention(1, text="x" * 120), GRAVE)).title == "x" * 120

    def test_a_post_without_text_gives_no_title(self) -> None:
        assert facts((mention(1, text=""), GRAVE)).titles == ()


class TestMerging:
    @given(st.lists(st.tuples(st.booleans(), st.integers(1, 30)), max_size=25))
    def test_two_stories_that_are_one_count_as_if_told_at_once(
        self, halves: list[tuple[bool, int]]
    ) -> None:
        heard = [(left, _varied(place, seed)) for place, (left, seed) in enumerate(halves)]
        whole = facts(*(pair for _, pair in heard))
        merged = tallied(*(pair for left, pair in heard if left))
        merged.absorb(tallied(*(pair for left, pair in heard if not left)))
        assert _rounded(merged.facts(NOON + HOUR)) == _rounded(whole)


def _varied(place: int, seed: int) -> tuple[Mention, Verdict]:
    alarm = seed / 30
    post = mention(
        place,
        author=f"@{seed % 7}",
        fingerprint=f"f{seed % 11}",
        kind=("news", "mastodon")[seed % 2],
        author_followers=(None, 4, 4000)[seed % 7 % 3],
        repost_of="x" if seed % 5 == 0 else None,
        history=seed == 13,
    )
    return post, verdict(alarm=alarm, severity=4 * alarm, about=0.4 if seed == 17 else 0.9)


def _rounded(known: StoryFacts) -> dict[str, Any]:
    values = {name: getattr(known, name) for name in StoryFacts.__slots__}
    values["harms"] = {name: round(value, 9) for name, value in known.harms.items()}
    return {
        k: round(v, 9) if isinstance(v, float) else v for k, v in values.items() if k != "stance"
    }


class TestBoundedMemory:
    def test_times_are_thinned_and_stand_for_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timeline, "MAX_TIMES", 10)
        known = facts(*routine(range(101)))
        assert len(known.times) <= 10
        assert known.times[0] == 0.0
        assert known.times_weight == 16
        assert abs(known.count_until(NOON + 50 * MINUTE) - 50) <= known.times_weight
        assert known.mention_count == 101

    @pytest.mark.parametrize(("left", "right"), [(100, 3), (3, 100), (100, 100), (8, 8)])
    def test_merged_timelines_stay_within_the_limit(
        self, left: int, right: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(timeline, "MAX_TIMES", 10)
        line, other = Timeline(), Timeline()
        for at in range(left):
            line.add(at)
        for at in range(right):
            other.add(at + 0.5)
        line.absorb(other)
        times = line.since_first()
        assert times[0] == 0.0
        assert list(times) == sorted(times)
        assert len(times) <= 10
        assert abs(len(times) * line.weight - left - right) <= 3 * line.weight

    def test_a_thousand_different_keys_are_counted_exactly(self) -> None:
        count = Distinct()
        assert all(count.add(f"key {n}") for n in range(SIZE))
        assert not count.add("key 7")
        assert count.count == SIZE

    def test_more_are_estimated_within_a_tenth(self) -> None:
        count = Distinct()
        counted = []
        for n in range(20_000):
            count.add(f"key {n}")
            counted.append(count.count)
        assert counted == sorted(counted)
        assert count.count == pytest.approx(20_000, rel=0.1)
        assert len(count._kept) == len(count._heap) == SIZE

    def test_two_counts_become_one(self) -> None:
        one, other = Distinct(), Distinct()
        for n in range(3000):
            one.add(f"key {n}")
        for n in range(2000, 6000):
            other.add(f"key {n}")
        one.absorb(other)
        assert one.count == pytest.approx(6000, rel=0.1)

    def test_an_estimate_stays_one_when_merged_into_an_empty_count(self) -> None:
        empty, large = Distinct(), Distinct()
        for n in range(5000):
            large.add(f"key {n}")
        empty.absorb(large)
        assert empty.count == large.count

    def test_late_posts_keep_the_first_seen(self) -> None:
        late = mention(1, published_at=NOON - timedelta(days=1), seen_at=NOON + HOUR)
        known = facts((mention(2), ROUTINE), (late, ROUTINE))
        assert known.first_at == NOON - timedelta(days=1)
        assert known.first_seen_at == NOON + 2 * MINUTE
        assert known.last_at == NOON + 2 * MINUTE


class TestLanguagesThatWereNotTrained:
    SPANISH = verdict(
        language="es", language_trained=False, alarm=0.9, severity=4.0, complaint=1.0, outrage=1.0
    )
    ARABIC = verdict(language="ar", language_trained=False, alarm=0.4)

    def test_what_was_read_counts_nowhere_but_under_its_own_name(self) -> None:
        known = facts((mention(1), self.SPANISH), (mention(2), ROUTINE))
        alone = facts((mention(2), ROUTINE))
        assert known.alarm == known.best_alarm == alone.alarm
        assert (known.severity, known.harms) == (alone.severity, alone.harms)
        assert (known.outrage, known.complainants) == (alone.outrage, alone.complainants)
        assert (known.untrained_count, known.untrained_alarm) == (1, 0.9)
        assert known.untrained_languages == ("es",)

    def test_the_posts_themselves_count_as_posts(self) -> None:
        known = facts((mention(1), self.SPANISH), (mention(2), ROUTINE))
        assert known.mention_count == known.author_count == known.voices == 2

    def test_they_do_not_multiply_the_complaints_of_others(self) -> None:
        known = facts((mention(1), ROUTINE), *((mention(n), self.ARABIC) for n in range(2, 11)))
        assert known.complainants == pytest.approx(0.9)

    def test_they_are_shown_after_all_others(self) -> None:
        known = facts((mention(1), self.SPANISH), (mention(2), ROUTINE))
        assert known.evidence == (2, 1)
        assert known.titles == ("Text number 2", "Text number 1")
        assert tallied((mention(1), self.SPANISH)).evidence_ids() == {1}

    def test_there_are_never_more_titles_or_evidence_than_there_may_be(self) -> None:
        heard = [(mention(n), ROUTINE if n % 2 else self.ARABIC) for n in range(1, 11)]
        known = facts(*heard)
        assert len(known.titles) == readings.MAX_TITLES
        assert len(known.evidence) == readings.MAX_EVIDENCE

    def test_the_most_frequent_language_comes_first_also_after_a_merger(self) -> None:
        unknown = verdict(language=None, language_trained=False)
        mine = tallied((mention(1), self.SPANISH), (mention(2), unknown))
        mine.absorb(tallied((mention(3), self.ARABIC), (mention(4), self.ARABIC)))
        known = mine.facts(NOON + HOUR)
        assert known.untrained_languages == ("ar", "es")
        assert known.untrained_count == 4
