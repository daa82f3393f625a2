"""Cutting texts and messages to what a receiver takes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.notice import notice
from monitor.receivers.fitting import encoded, first_fitting, fit, packed
from monitor.receivers.slack import escape
from tests.receivers.events import incident


def test_a_text_is_cut_at_the_end_of_a_word_before_it_is_escaped() -> None:
    assert fit("salt & pepper & more", 99, escape) == "salt &amp; pepper &amp; more"
    assert fit("salt & pepper & more", 22, escape) == "salt &amp; pepper…"
    assert fit("one two three", 9) == "one two…"
    assert fit("one two", 7) == "one two"


@given(st.text(max_size=200), st.integers(12, 300))
def test_no_more_comes_out_than_was_asked_for_and_no_escape_is_cut(text: str, limit: int) -> None:
    made = fit(text, limit, escape)
    assert len(made) <= limit
    assert "&" not in made.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")


@given(st.text(alphabet="ab &<", min_size=1, max_size=200))
def test_as_much_is_kept_as_there_is_room_for(text: str) -> None:
    assert len(fit(text, 60, escape)) >= min(len(text.strip(" ,;:-").split(" ")[0]), 1)


def test_where_nothing_fits_nothing_is_shown() -> None:
    assert fit("&&&&", 3, escape) == ""


def test_lines_are_packed_in_as_few_texts_as_hold_them() -> None:
    assert packed(["aa", "bb", "cc"], 5) == ["aa\nbb", "cc"]
    assert packed(["aa", "bb"], 4) == ["aa", "bb"]
    assert packed([], 5) == []


@pytest.mark.parametrize(("most", "quotes"), [(2, 2), (1, 1), (0, 0), (-1, 0)])
def test_the_first_message_that_fits_is_sent_and_the_least_if_none_does(
    most: int, quotes: int
) -> None:
    made = first_fitting(
        notice(incident()),
        lambda shown: {"quotes": len(shown.quotes), "links": len(shown.links)},
        fits=lambda message: message["quotes"] <= most,
    )
    assert json.loads(made) == {"quotes": quotes, "links": 0 if most < 0 else 2}


def test_json_is_short_and_speaks_every_language() -> None:
    assert encoded({"a": ["é", 1]}) == '{"a":["é",1]}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        encoded(float("nan"))
