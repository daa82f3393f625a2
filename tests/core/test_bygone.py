"""Old scandals that are told again say so themselves."""

from __future__ import annotations

import pytest

from monitor.core.bygone import Bygone, long_past

OLD = "Ten years ago today Solenne poured it into the river"
NAMED = "In 2014 the plant at Solenne burnt, remember?"
NEW = "Solenne's plant burns, I can see it from here"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([NAMED, NAMED, NEW], "2 of 3 posts speak of 2014"),
        ([OLD, NAMED, NEW, NEW], "2 of 4 posts speak of 2014"),
        ([OLD, OLD], "2 of 2 posts speak of years ago"),
        ([OLD, NAMED, NEW, NEW, NEW], None),
        ([NAMED], None),
        ([NEW, NEW], None),
        ([], None),
    ],
    ids=[
        "most name a year",
        "half speak of the past, and one says when",
        "nobody says when",
        "less than half",
        "one post may be about anything",
        "it happens now",
        "there is nothing to read",
    ],
)
def test_what_posts_say_of_when(texts: list[str], said: str | None) -> None:
    found = long_past(texts, year=2026)
    assert (found and found.said) == said


def test_a_report_of_that_time_is_old_though_it_names_no_year() -> None:
    said = long_past([NAMED, NEW], year=2026, dated=[2026, 2014])
    assert said == Bygone("2014", "2 of 2 posts speak of 2014, or are from then")
    alone = long_past([NEW], year=2026, dated=[2014])
    assert alone == Bygone("2014", "the one post is from 2014")
    assert long_past([NEW, NEW], year=2026, dated=[2026, 2025]) is None


@pytest.mark.parametrize(
    "text",
    [
        "customer since 2009 and now this",
        "the budget for 2025 was cut",
        "they took £2014 from my account",
        "2,014 people, 2014.5 kg, 2014%",
        "see example.com/2014/05/fire and #2014 and 12-2014-3",
        "flight UA2014, order 20145",
        "by 2030 all will be green",
    ],
)
def test_what_names_no_time_long_past(text: str) -> None:
    assert long_past([text, text], year=2026) is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("It was 2024.", "2024"),
        ("1987, never forget", "1987"),
        ("from 2009 to 2015 they knew", "2015"),
        ("on its 10th anniversary", "years ago"),
        ("On this day: the recall", "years ago"),
    ],
)
def test_what_does(text: str, when: str) -> None:
    assert long_past([text, text], year=2026) == Bygone(when, f"2 of 2 posts speak of {when}")
