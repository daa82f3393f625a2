"""What one story is remembered by, and which mentions count towards it."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.echoes import counts_of
from monitor.core.explain import Word
from monitor.core.intake import ASSUMED
from monitor.core.tally import Tally
from monitor.core.types import Mention, Verdict
from monitor.stages.tracked import SHOWN_MAX, TrackedStory, counts
from tests.core.facts import GRAVE, mention, verdict


def story(*told: tuple[Mention, Verdict]) -> TrackedStory:
    made = TrackedStory(Tally("Acme"))
    for each, read in told:
        made.add(each, read, counts_of(each))
    return made


def said(number: int, alarm: float, **known: Any) -> tuple[Mention, Verdict]:
    """A post in words that no other one has."""
    words = " ".join(f"{letter}{number}" for letter in "abcdefgh")
    return mention(number, text=words, **known), verdict(alarm=alarm, severity=4 * alarm)


@pytest.mark.parametrize(
    ("known", "about", "does"),
    [
        ({"certain": True}, 0.2, True),
        ({"certain": True}, 0.19, False),
        ({"certain": False}, 0.5, True),
        ({"certain": False}, 0.49, False),
        ({"certain": False, "matched_by": ASSUMED}, 0.0, True),
    ],
    ids=[
        "one that names the brand outright, if it is not surely about something else",
        "not if it surely is",
        "one with an ambiguous name, if it is likelier about the brand than not",
        "not if it is likelier about something else",
        "all from a page of the brand's own",
    ],
)
def test_which_mentions_count(known: dict[str, Any], about: float, *, does: bool) -> None:
    assert counts(mention(**known), verdict(about=about)) is does


def test_what_was_passed_on_before_the_watch_began_makes_no_story_larger() -> None:
    counted = {"engagement": {"reposts": 800.0}}
    new, old = mention(1, **counted), mention(2, history=True, **counted)

    assert story((new, GRAVE)).tally.spread > 800
    assert story((old, GRAVE)).tally.spread == 0


class TestTwoStoriesThatAreOne:
    """Each of them had posts, words that were found out, and others that say the same."""

    @pytest.fixture
    def one(self) -> TrackedStory:
        kept, gone = story(said(1, 0.5)), story(said(2, 0.9))
        kept.words[1] = (Word(text="broke", change=0.7),)
        gone.words[2] = (Word(text="nose", change=1.4),)
        kept.others, gone.others = 1.0, 2.0
        kept.absorb(gone)
        return kept

    def test_show_the_worst_of_both(self, one: TrackedStory) -> None:
        assert [each.id for each in one.worst] == [2, 1]
        assert one.mention_ids == [1, 2]

    def test_are_told_with_the_words_of_both(self, one: TrackedStory) -> None:
        assert one.names == ("nose", "broke")

    def test_are_backed_by_what_backed_either(self, one: TrackedStory) -> None:
        assert one.others == 2.0
        other = story(said(3, 0.1))
        other.absorb(one)
        assert other.others == 2.0


def test_of_a_long_story_the_worst_stays_in_mind_and_not_all() -> None:
    long = story(
        *(said(n, 0.9 - n / 100) for n in range(1, 6)), *(said(n, 0.05) for n in range(6, 120))
    )

    assert [each.id for each in long.worst] == [1, 2, 3, 4, 5]
    assert len(long.shown) <= SHOWN_MAX


def test_a_few_posts_lead_a_story_and_some_more_tell_what_it_is_about() -> None:
    made = story(*(said(n, 0.9 - n / 100) for n in range(1, 40)))

    assert [each.id for each in made.leading] == [1, 2, 3]
    assert [each.id for each in made.telling][: len(made.worst)] == [m.id for m in made.worst]
    assert len(made.telling) == 24


def test_a_story_has_grown_once_for_each_tenth_that_it_spreads() -> None:
    made = story((mention(1, engagement={"reposts": 99.0}), GRAVE))
    assert made.has_grown
    made.mark_heard()
    assert not made.has_grown
