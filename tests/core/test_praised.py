"""The week of praise as a leader reads it, whatever the receiver."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.core.brief_lines import Line
from monitor.core.digest import Balance, Opinion, Week, event_data
from monitor.core.event import operational_body
from monitor.core.notice import notice
from tests.receivers.events import NOON


def week(brand: str, *told: str, before: int = 0) -> Week:
    stories = tuple(
        Opinion(
            brand=brand,
            at=NOON,
            source="social",
            author="@gail",
            url=f"https://a.example/{n}",
            text=text,
            praise=0.9,
            complaint=0.0,
        )
        for n, text in enumerate(told)
    )
    total = Balance(
        name="all", praise=len(told), complaint=1, praise_before=before, complaint_before=before
    )
    drivers = (Balance(name="help", praise=len(told), complaint=0),)
    return Week(brand=brand, total=total, drivers=drivers, stories=stories)


def test_how_far_a_story_went_stands_beside_it() -> None:
    one = week("Solenne", "two hours on the phone")
    told = replace(one, stories=(replace(one.stories[0], posts=4, likes=3_000),))
    data = event_data((told,), since=NOON - timedelta(days=7), until=NOON, stories=3)
    shown = notice(operational_body("praise.digest", NOON, data).encode())
    assert shown.quotes[0].label == "a.example, social, @gail, 4 posts, 3,000 likes"


def test_the_week_of_praise_is_told_in_words_with_its_stories_and_not_as_json() -> None:
    found = (
        week("Solenne", "two hours on the phone", "flowers", "a", before=1),
        week("Orlan", "b"),
    )
    data = event_data(found, since=NOON - timedelta(days=7), until=NOON, stories=3)
    shown = notice(operational_body("praise.digest", NOON, data).encode())
    assert shown.title == "Praise: Solenne, Orlan"
    assert shown.lines == (
        Line("Week", "15 Nov 2026, 12:00 UTC to 22 Nov 2026, 12:00 UTC"),
        Line(
            "Solenne",
            "3 posts of praise, 1 complaint: 75 % praise, 25 points more than the week before. "
            "Praised: help (3).",
        ),
        Line("Orlan", "1 post of praise, 1 complaint: 50 % praise. Praised: help (1)."),
    )
    assert [quote.text for quote in shown.quotes] == [
        "two hours on the phone",
        "b",
        "flowers",
        "a",
    ]
    assert shown.quotes[0].label == "a.example, social, @gail"
    assert shown.brief.endswith("than the week before. “two hours on the phone”")


def test_a_brand_that_nobody_praised_does_not_stand_in_the_title() -> None:
    found = (week("Orlan"), week("Solenne", "flowers"))
    data = event_data(found, since=NOON, until=NOON, stories=1)
    shown = notice(operational_body("praise.digest", NOON, data).encode())
    assert shown.title == "Praise: Solenne"
    assert shown.lines[1] == Line("Orlan", "0 posts of praise, 1 complaint: 0 % praise.")
    assert shown.brief.startswith("Solenne: 1 post of praise")


def test_of_many_brands_that_were_praised_six_are_told_and_the_rest_counted() -> None:
    found = tuple(week(f"Brand {n}", "a") for n in range(9))
    data = event_data(found, since=NOON, until=NOON, stories=1)
    shown = notice(operational_body("praise.digest", NOON, data).encode())
    assert shown.title == "Praise: Brand 0, Brand 1, Brand 2 and 6 more"
    assert (len(shown.lines), shown.lines[-1]) == (8, Line("And", "3 brands more"))
