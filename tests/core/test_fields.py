"""Looking into an event of any age: what is missing or odd is absent, and nothing fails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core import fields

ODD = {"a": None, "b": True, "c": [1, {"x": 1}, "t", " ", "u\n v"], "d": {"k": 1}, "e": " t\n u "}


def test_objects_rows_and_words() -> None:
    assert fields.table(ODD, "d") == {"k": 1}
    assert fields.table(ODD, "c") == fields.table(ODD, "none") == {}
    assert fields.rows(ODD, "c") == ({"x": 1},)
    assert (fields.rows(ODD, "d"), fields.words(ODD, "e")) == ((), ())
    assert fields.words(ODD, "c") == ("t", "u v")


def test_a_text_is_one_line_and_anything_else_is_none() -> None:
    assert fields.text(ODD, "e") == "t u"
    assert [fields.text(ODD, key) for key in "abcdx"] == [""] * 5


NUMBERS = [
    (3, 3.0, 3),
    (-2.5, -2.5, 0),
    (2.9, 2.9, 2),
    (True, None, 0),
    ("3", None, 0),
    (float("nan"), None, 0),
    (float("-inf"), None, 0),
    (10**400, None, 0),
    (None, None, 0),
]


@pytest.mark.parametrize(("value", "number", "count"), NUMBERS)
def test_a_number_is_finite(value: object, number: float | None, count: int) -> None:
    assert fields.number({"n": value}, "n") == number
    assert fields.count({"n": value}, "n") == count


MOMENTS = {
    "2026-11-22T12:00:00Z": datetime(2026, 11, 22, 12, tzinfo=UTC),
    "2026-11-22T15:00:00+03:00": datetime(2026, 11, 22, 12, tzinfo=UTC),
    "2026-11-22T12:00:00": datetime(2026, 11, 22, 12, tzinfo=UTC),
    "soon": None,
    "": None,
    "0001-01-01T00:00:00+03:00": None,
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_in_utc(text: str) -> None:
    assert fields.moment_at({"at": text}, "at") == MOMENTS[text]


URLS = {
    "https://a.example/x?y=1#z": True,
    "http://127.0.0.1:8300/inbox": True,
    "https://a.example/@anna": True,
    "https://your-bank.example@evil.example/": False,
    "https://u:p@evil.example/": False,
    "javascript:alert(1)": False,
    "ftp://a.example/": False,
    "https://": False,
    "//a.example/": False,
    "https://a.example/ b": False,
    "https://a.example/\n": False,
    "https://a.example/\u202e": False,
    "https://[::1": False,
    **{f"https://a.example/{char}": False for char in '<>"{}\\`'},
}


@pytest.mark.parametrize("url", URLS)
def test_what_may_become_a_link(url: str) -> None:
    assert fields.web_url(url) == (url if URLS[url] else None)


def test_what_is_no_text_is_no_link() -> None:
    assert fields.web_url(None) is None
    assert fields.web_url(["https://a.example"]) is None
