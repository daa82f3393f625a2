"""What brings a resolved incident back, and what is only its echo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.reopening import came_back, heard_since
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts, Tally
from monitor.core.types import Mention, Verdict
from tests.core.facts import GRAVE, HOUR, MINUTE, NOON, mention, verdict

SETTINGS = AlertSettings()
#: When it was resolved; mention `n` is told and seen `n` minutes later.
CLOSED = NOON
BEFORE = -10
HEARSAY = replace(GRAVE, firsthand=0.1)
ROUTINE = verdict()
PAPER: dict[str, Any] = {"title": "Second batch with metal", "kind": "feed"}
#: Eight words of one's own, so that what repeats them is known as an echo.
METAL = "metal shards cut the mouths of two babies tonight"


def story(*heard: tuple[Mention, Verdict]) -> StoryFacts:
    tally = Tally("Acme")
    for one, read in heard:
        tally.add(one, read)
    return tally.facts(NOON + HOUR)


def back(*heard: tuple[Mention, Verdict]) -> str:
    return came_back(story(*heard), CLOSED, SETTINGS)


KNOWN = (mention(BEFORE, text=METAL), GRAVE)


def test_what_was_known_when_it_was_closed_does_not_bring_it_back() -> None:
    assert back() == back(KNOWN) == ""


def test_one_eyewitness_of_something_grave_does() -> None:
    told = back(KNOWN, (mention(1, text="my twins bled after lunch, metal again"), GRAVE))
    said = "“my twins bled after lunch, metal again” (1 mention, enough for a warning"
    assert told.startswith(f"Since it was closed: {said} without the rest: risk ")


def test_an_eyewitness_does_who_spoke_before_but_was_seen_after() -> None:
    late = mention(1, published_at=CLOSED - timedelta(days=1))
    assert back(KNOWN, (late, GRAVE))


def test_a_post_seen_before_does_not() -> None:
    assert not back(KNOWN, (mention(1, seen_at=CLOSED, published_at=CLOSED), GRAVE))


@pytest.mark.parametrize(("ago", "comes_back"), [(0, True), (14, True), (15, False), (600, False)])
def test_a_headline_does_unless_it_is_a_late_one(ago: int, *, comes_back: bool) -> None:
    paper = mention(1, published_at=CLOSED - ago * MINUTE, **PAPER)
    assert bool(back(KNOWN, (paper, HEARSAY))) is comes_back


def test_talk_of_it_does_not() -> None:
    assert not back(KNOWN, (mention(1), HEARSAY))


@pytest.mark.parametrize(("days", "comes_back"), [(3, False), (4, True)])
def test_talk_does_once_the_echo_has_faded(days: int, *, comes_back: bool) -> None:
    """A second accident is hearsay first as well: "my cousin says it derailed again"."""
    heard = mention(1 + days * 24 * 60), HEARSAY
    closed_long_ago = story(KNOWN, heard)
    minute = timedelta(minutes=1)
    assert bool(came_back(closed_long_ago, CLOSED + minute, SETTINGS)) is comes_back


def test_who_vouched_for_the_first_accident_does_not_for_talk_of_a_second() -> None:
    printed = (mention(BEFORE, title="Babies hurt", kind="feed"), GRAVE)
    week = 7 * 24 * 60
    talk = verdict(alarm=0.8, severity=3.7, firsthand=0.05, harms={"safety": 0.9})
    assert not back(printed, (mention(week), talk))
    assert back(printed, (mention(week), talk), (mention(week + 1), talk))


def test_a_live_incident_goes_on_by_what_would_be_a_warning_alone() -> None:
    paper = (mention(1, **PAPER), GRAVE)
    told = heard_since(story(KNOWN, paper), CLOSED, SETTINGS)
    assert told.startswith(
        "“Second batch with metal” (1 mention, enough for a warning without the rest: risk "
    )
    assert not heard_since(story(KNOWN, paper), paper[0].seen_at, SETTINGS)


def test_a_live_incident_does_not_go_on_by_talk() -> None:
    talk = [(mention(n + 7 * 24 * 60), HEARSAY) for n in range(1, 6)]
    assert not heard_since(story(KNOWN, *talk), CLOSED, SETTINGS)


@pytest.mark.parametrize(
    "echo",
    [
        {"repost_of": "n-10"},
        {"fingerprint": "f-10", "text": METAL},
        {"text": f"{METAL} wow"},
        {"text": f"look at this: {METAL} in a place near me"},
    ],
    ids=["a repost", "a copy", "a copy with a word more", "a quotation"],
)
def test_an_echo_does_not_however_grave(echo: dict[str, Any]) -> None:
    assert not back(KNOWN, *((mention(n, **echo), GRAVE) for n in range(1, 6)))


def test_doubt_about_the_brand_is_not_weighed_again_in_a_story_that_is_about_it() -> None:
    assert back(KNOWN, (mention(1), replace(GRAVE, about=0.28)))


def test_what_was_vouched_for_before_is_no_hearsay_any_more() -> None:
    """First-hand as far as one can tell, and not quite a warning in a story that is all rumour."""
    post = (mention(1), verdict(alarm=0.7, severity=3.7, firsthand=0.5, harms={"safety": 0.9}))
    rumour = (mention(BEFORE), HEARSAY)
    printed = (mention(BEFORE, title="Babies hurt", kind="feed"), GRAVE)

    assert not back(rumour, post)
    assert back(printed, post)


def test_an_eyewitness_is_believed_among_many_rumours() -> None:
    rumours = [(mention(-n), HEARSAY) for n in range(10, 30)]
    saw = verdict(alarm=0.7, severity=3.7, firsthand=0.6, harms={"safety": 0.9})
    assert back(*rumours, (mention(1), saw))


def test_a_headline_of_before_does_not_report_what_is_said_now() -> None:
    printed = (mention(BEFORE, title="Babies hurt", kind="feed"), GRAVE)
    post = (mention(1), verdict(alarm=0.55, severity=3.7, firsthand=0.6, harms={"safety": 0.9}))
    assert not back(printed, post)


def test_several_milder_ones_do() -> None:
    mild = [(mention(n), ROUTINE) for n in range(1, 4)]
    assert not back(KNOWN, *mild[:2])
    told = "Since it was closed: “Text number 1” (3 mentions in words of their own)."
    assert back(KNOWN, *mild) == told


def test_several_milder_ones_do_not_that_were_said_before() -> None:
    late = [(mention(n, published_at=CLOSED - n * MINUTE), ROUTINE) for n in range(6)]
    late += [(mention(n, published_at=CLOSED), ROUTINE) for n in range(6, 10)]
    assert not back(KNOWN, *late)


def test_questions_do_not() -> None:
    calm = replace(ROUTINE, alarm=0.01, complaint=0.1, stance=verdict().stance)
    calm = replace(calm, stance=replace(calm.stance, negative=0.1, neutral=0.9))
    assert not back(KNOWN, *((mention(n), calm) for n in range(1, 8)))


def test_a_crowd_of_reposts_does() -> None:
    reposts = [(mention(n, repost_of="n-10"), GRAVE) for n in range(1, 10)]
    assert not back(KNOWN, *reposts[:8])
    assert back(KNOWN, *reposts) == "From 1 to 10 mentions since it was closed."


@pytest.mark.parametrize(("reposts", "comes_back"), [(7, False), (8, True)])
def test_a_crowd_is_three_times_as_many_as_when_it_was_closed(
    reposts: int, *, comes_back: bool
) -> None:
    known = [(mention(BEFORE - n), GRAVE) for n in range(4)]
    passed_on = [(mention(n, repost_of="n-10"), GRAVE) for n in range(1, reposts + 1)]

    told = back(*known, *passed_on)

    assert told == ("From 4 to 12 mentions since it was closed." if comes_back else "")


def test_whoever_was_outraged_before_it_was_closed_does_not_add_to_what_is_new() -> None:
    """The new post is just short of a warning, however many complained to a million before."""
    post = (mention(1), verdict(alarm=0.63, severity=3.7, firsthand=0.6, harms={"safety": 0.9}))
    angry = verdict(alarm=0.2, complaint=1.0, outrage=1.0)
    crowd = [
        (mention(-n, author_followers=10**6, source=f"s{n % 9}"), angry) for n in range(20, 170)
    ]

    assert not back(KNOWN, post)
    assert not back(KNOWN, *crowd, post)
    assert back(KNOWN, *crowd, (post[0], replace(post[1], alarm=0.8)))


def test_it_comes_back_in_a_long_story_too() -> None:
    """The new post is not among the worst that are kept; copies of old ones stay copies."""
    old = [(mention(-n), verdict(alarm=0.99, firsthand=0.9, severity=4.0)) for n in range(10, 70)]
    copies = [(mention(n, fingerprint=f"f-{n + 20}"), GRAVE) for n in range(1, 5)]

    assert not back(*old, *copies)
    assert back(*old, *copies, (mention(5), GRAVE))


def test_what_two_stories_told_is_as_old_as_the_older_telling() -> None:
    old, new = Tally("Acme"), Tally("Acme")
    old.add(mention(BEFORE), GRAVE)
    new.add(mention(1, fingerprint="f-10"), GRAVE)
    new.absorb(old)

    assert not came_back(new.facts(NOON + HOUR), CLOSED, SETTINGS)


def test_the_story_of_another_incident_that_joins_is_new() -> None:
    old, new = Tally("Acme"), Tally("Acme")
    old.add(mention(BEFORE), GRAVE)
    new.add(mention(1), GRAVE)
    old.absorb(new)

    assert came_back(old.facts(NOON + HOUR), CLOSED, SETTINGS)
