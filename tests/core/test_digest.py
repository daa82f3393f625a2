"""The week: who was praised, where, and what people like and dislike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.digest import Balance, Opinion, event_data, paper, weeks
from monitor.core.paper import html, markdown
from monitor.core.settings import Brand
from tests.core.facts import HOUR, NOON

KIND = Opinion(
    brand="Acme",
    at=NOON,
    source="town",
    author="@anna",
    url="https://town.example/1",
    text="The driver at Gate 7 waited for my mother and carried her bags",
    praise=0.9,
    complaint=0.1,
)
LATE = replace(KIND, text="Two hours of delay, and no answer", praise=0.1, complaint=0.8)
NEITHER = replace(KIND, text="I fly with Acme tomorrow", praise=0.1, complaint=0.1)
WEEK = timedelta(weeks=1)


def test_praise_and_complaint_are_counted_and_what_is_neither_is_not() -> None:
    [week] = weeks([KIND, LATE, LATE, NEITHER], [KIND])
    assert week.total == Balance(name="all", praise=1, complaint=2, praise_before=1)
    assert week.total.share == pytest.approx(1 / 3)
    assert week.total.change == pytest.approx(-2 / 3)


@pytest.mark.parametrize(("sure", "counted"), [(0.49, 0), (0.5, 1)])
def test_what_is_likelier_than_not_is_counted(sure: float, counted: int) -> None:
    liked, disliked = replace(KIND, praise=sure), replace(LATE, complaint=sure)
    [week] = weeks([liked, disliked], [NEITHER])
    assert (week.total.praise, week.total.complaint) == (counted, counted)


def test_the_five_surest_are_quoted() -> None:
    all_ = [replace(KIND, text=f"{KIND.text} {n}", praise=0.6 + n / 100) for n in range(9)]
    [week] = weeks(all_, [])
    assert [one.text[-1] for one in week.stories] == ["8", "7", "6", "5", "4"]


def test_what_is_praised_is_no_complaint() -> None:
    both = replace(KIND, complaint=0.9)
    [week] = weeks([both], [])
    assert (week.total.praise, week.total.complaint) == (1, 0)


def test_without_a_week_before_there_is_no_change() -> None:
    [week] = weeks([KIND], [])
    assert week.total.change is None
    [silent] = weeks([NEITHER], [KIND])
    assert (silent.total.share, silent.total.change) == (None, None)


def test_drivers_say_what_it_is_about_the_loudest_first() -> None:
    [week] = weeks([KIND, LATE, LATE], [LATE])
    found = {one.name: (one.praise, one.complaint) for one in week.drivers}
    assert found == {"waiting": (1, 2), "help": (0, 2), "staff": (1, 0)}
    assert [one.name for one in week.drivers] == ["waiting", "help", "staff"]
    assert week.drivers[0].change == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "drivers"),
    [
        ("They sorted my late mums account", set()),
        ("The teller sat w her for an hour", set()),
        ("helped us unload for 2 hours", {"help"}),
        ("The waitress was lovely", set()),
        ("A kind of magic in the rush hour", set()),
        ("So kind of them? No, a kind driver", {"staff"}),
        ("The train was 2 hours late again", {"waiting"}),
        ("The parcel took over three weeks", {"waiting"}),
        ("The queue was cancelled, they paid the refund", {"waiting", "money"}),
        ("The app locked me out of my account", {"app and web"}),
        ("He was hired, never fired", set()),
    ],
)
def test_a_driver_is_spoken_of_in_whole_words_that_mean_it(text: str, drivers: set[str]) -> None:
    [week] = weeks([replace(KIND, text=text)], [])
    assert {one.name for one in week.drivers} == drivers


def test_each_brand_has_its_own_and_copies_are_not_quoted_again() -> None:
    other = replace(KIND, brand="Other")
    copy = replace(KIND, is_copy=True)
    surer = replace(KIND, praise=0.95, at=NOON + HOUR)
    found = weeks([KIND, other, copy, surer], [other])
    assert [week.brand for week in found] == ["Acme", "Other"]
    assert found[0].stories == (surer, KIND)
    assert found[0].total.praise == 3


def test_a_story_that_several_tell_is_quoted_once_with_its_size() -> None:
    first = replace(KIND, story=3, likes=2_000, reposts=100)
    surer = replace(first, text="A driver carried her bags", praise=0.95, likes=900, reposts=0)
    copy = replace(first, is_copy=True, praise=0.99)
    [week] = weeks([first, surer, copy, replace(KIND, story=4), LATE], [])
    assert week.stories == (
        replace(surer, posts=3, likes=2_900, reposts=100),
        replace(KIND, story=4),
    )
    assert week.total.praise == 4
    text = markdown(paper([week], since=NOON - WEEK, until=NOON))
    assert "12:00 UTC (3 posts, 2,900 likes, 100 reposts) https://town.example/1" in text
    data: Any = event_data([week], since=NOON - WEEK, until=NOON, stories=2)
    sizes = [(one["posts"], one["likes"], one["reposts"]) for one in data["brands"][0]["stories"]]
    assert sizes == [(3, 2_900, 100), (1, 0, 0)]


def test_the_names_of_a_brand_are_those_of_the_configuration() -> None:
    brand = Brand(name="Acme", aliases=("Acme Air",), ambiguous=("Apex",))
    praise = replace(KIND, text="Lovely people at Apex")
    for brands, place in ((), "Apex"), ((brand,), None):
        data: Any = event_data(weeks([praise], [], brands), since=NOON, until=NOON, stories=1)
        assert data["brands"][0]["stories"][0]["place"] == place


def test_the_paper_has_the_story_its_author_and_its_place() -> None:
    text = markdown(paper(weeks([KIND, LATE], [KIND]), since=NOON - WEEK, until=NOON))
    assert "carried her bags\u201d \u2013 @anna, Gate 7, town, 6 May 2024, 12:00 UTC" in text
    assert "| all | 1 | 1 | 50 % | -50 points |" in text
    nowhere = markdown(paper(weeks([replace(KIND, url=None)], []), since=NOON - WEEK, until=NOON))
    assert "@anna, Gate 7, town, 6 May 2024, 12:00 UTC\n" in nowhere
    quiet = markdown(paper([], since=NOON - WEEK, until=NOON))
    assert "No mention was read" in quiet
    unloved = markdown(paper(weeks([LATE], []), since=NOON - WEEK, until=NOON))
    assert "Nobody told of good service." in unloved
    assert "kind words without one are not counted.\n\n| driver |" in unloved


HOSTILE = '<script>alert(1)</script> | [x](javascript:1) `a` *b* at https://e.example/"><b>'


def test_hostile_words_stay_words() -> None:
    made = paper(
        weeks([replace(KIND, text=HOSTILE, author=HOSTILE, url="javascript:1")], []),
        since=NOON,
        until=NOON,
    )
    page, text = html(made), markdown(made)
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="javascript' not in page
    assert '<a href="https://e.example/" rel="noopener nofollow">' in page
    assert "\\<script\\>" in text
    assert "\\[x\\](javascript" in text
    assert "\\|" in text


def test_the_event_has_it_as_numbers() -> None:
    data: Any = event_data(weeks([KIND, LATE], []), since=NOON - WEEK, until=NOON, stories=1)
    (brand,) = data["brands"]
    assert (brand["praise"], brand["complaint"], brand["share"], brand["change"]) == (
        1,
        1,
        0.5,
        None,
    )
    assert brand["stories"][0]["place"] == "Gate 7"
    thirds: Any = event_data(weeks([KIND, LATE, LATE], []), since=NOON, until=NOON, stories=1)
    assert thirds["brands"][0]["share"] == 0.3333
    assert brand["drivers"][0] == {
        "name": "waiting",
        "praise": 1,
        "complaint": 1,
        "share": 0.5,
        "change": None,
    }
    assert data["since"] == "2024-04-29T12:00:00Z"
