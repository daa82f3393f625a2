"""Words of strangers made plain: tables, and what must hold whatever comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources import cleaning

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("plain words", "plain words"),
        ("AT&amp;T &#8217;s", "AT&T \u2019s"),
        ("I <3 United & 5 < 6", "I <3 United & 5 < 6"),
        ("<b>A</b>pple", "Apple"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br/>two<BR>three", "one\ntwo\nthree"),
        ("<ul><li>x<li>y</ul>", "x\ny"),
        ("<td>1</td><td>2</td>", "1\n2"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ("<!-- hidden -->shown", "shown"),
        ("shown <img alt='x' src=x onerror=alert(1)>", "shown"),
        ("safe<object> and kept</object>", "safe and kept"),
        ("  a \t b \r\n\r\n c  ", "a b\nc"),
        ("nul\x00 bell\x07 \ud800 \ufffe bom\ufeff", "nul bell bom\ufeff"),
        ("&#0;&#xD800;x <i></i>", "\ufffd\ufffdx"),
        ("<![CDATA[x]]><b>y</b>", "y"),
        ("", ""),
    ],
)
def test_markup_becomes_words(markup: str, words: str) -> None:
    assert cleaning.plain(markup) == words


@pytest.mark.parametrize("nest", ["<div>", "<b>", "<a>", "<table><tr><td>", "<", "<x ", "&amp;"])
def test_deep_nests_and_long_texts_cost_little(nest: str) -> None:
    start = time.process_time()
    assert len(cleaning.plain(nest * 200_000)) <= cleaning.MAX_MARKUP
    assert time.process_time() - start < 2


def test_words_are_kept_when_there_are_too_many_tags_for_a_tree() -> None:
    assert cleaning.plain("<div>" * 6_000 + "one &amp; two<br>three") == "one & two\nthree"


def test_the_tree_is_used_up_to_the_limit() -> None:
    tags = cleaning.MAX_TAGS - 2
    assert cleaning.plain("<b>" * tags + "x<script>y</script>") == "x"


@given(st.text(max_size=300))
def test_whatever_comes_is_clean_and_stays_so(text: str) -> None:
    words = cleaning.plain(text)
    assert words == cleaning.clean(words)
    words.encode("utf-8")
    assert not set(words) & set(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))


@given(st.text(alphabet="<>/ab&;! '\"=-\n", max_size=200))
def test_no_markup_raises(text: str) -> None:
    assert isinstance(cleaning.plain(text), str)


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 5000 + "65", "x" + "f" * 5000])
@pytest.mark.parametrize("read", [cleaning.plain, cleaning.title_line, cleaning.name_line])
def test_a_reference_without_end_is_one_odd_character(
    read: Callable[[str], str | None], digits: str
) -> None:
    assert read(f"Fish &#{digits}; &amp; chips &#65;") == "Fish \ufffd & chips A"


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert cleaning.title_line(" a\n<b>b</b>\t c ") == "a b c"
    assert cleaning.title_line("<p> </p>") is None
    assert len(cleaning.title_line("x " * 9_000) or "") == 999  # the last space is cut


def test_a_name_is_one_line_of_bounded_length() -> None:
    assert cleaning.name_line("Ann &amp;\nBob") == "Ann & Bob"
    assert cleaning.name_line(" ") is None
    assert cleaning.name_line("x" * 900) == "x" * 200


def test_an_address_of_several_lines_is_joined() -> None:
    assert cleaning.web_address(" https://a.ex\nample/ ", "") == "https://a.example/"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, None),
        (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)),  # noqa: DTZ001 - naive is UTC
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), None),
    ],
)
def test_a_date_is_utc_or_nothing(date: datetime | None, expected: datetime | None) -> None:
    assert cleaning.sane_date(date, now=NOW) == expected
