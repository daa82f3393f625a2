"""The newest entries of a long document, found before it is parsed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.newest import newest, shortened

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: What an entry says; the second is the oldest, the last has no date.
RSS = (
    "<pubDate>Sat, 21 Nov 2026 10:00:00 +0100</pubDate>",
    "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>",
    "<dc:date><![CDATA[ 2026-11-22T10:00:00Z ]]></dc:date>",
    "<description>No date</description>",
)


def cut(body: str, most: int) -> tuple[str, int]:
    short, older = shortened(body.encode(), most, now=NOW)
    return short.decode(), older


def rss(*entries: str) -> str:
    items = "".join(f"<item>{entry}</item>" for entry in entries)
    return f"<rss><channel><title>T</title>{items}</channel></rss>"


def test_a_feed_within_the_limit_stays_as_it_is() -> None:
    assert cut(rss(*RSS), 5) == (rss(*RSS), 0)


@pytest.mark.parametrize(
    ("most", "kept"), [(0, ()), (1, (2,)), (2, (0, 2)), (3, (0, 1, 2)), (4, (0, 1, 2, 3))]
)
def test_the_newest_stay_in_the_order_of_the_document(most: int, kept: tuple[int, ...]) -> None:
    assert cut(rss(*RSS), most) == (rss(*(RSS[n] for n in kept)), len(RSS) - most)


def test_atom_entries_and_names_with_a_prefix_are_found() -> None:
    entry = "<a:entry><a:updated>{}</a:updated></a:entry>"
    old, new = entry.format("2026-11-20T10:00:00Z"), entry.format("2026-11-21T10:00:00+01:00")
    assert cut(f"<a:feed>{old}{new}</a:feed>", 1) == (f"<a:feed>{new}</a:feed>", 1)


def test_what_looks_like_an_entry_in_a_text_or_a_comment_is_none() -> None:
    quoted = "<description><![CDATA[write <item> and <pubDate>]]></description><!-- <item> -->"
    assert cut(rss(quoted, quoted), 2) == (rss(quoted, quoted), 0)


def test_other_elements_of_such_a_name_are_no_entries() -> None:
    rdf = "<items><li/></items><media:item/>"
    assert cut(rss(rdf, rdf), 2)[1] == 0


def test_a_date_that_cannot_be_true_is_none() -> None:
    future = "<pubDate>Sat, 21 Nov 2065 10:00:00 GMT</pubDate>"
    assert cut(rss(future, RSS[0]), 1) == (rss(RSS[0]), 1)


@pytest.mark.parametrize("end", ["", "</item", "</item></item></channel>", "<![CDATA[", "<!--"])
def test_a_document_that_breaks_off_is_cut_too(end: str) -> None:
    body = f"<rss><channel>{'<item><title>T</title>' * 3}{end}"
    short, older = cut(body, 1)
    assert short.startswith("<rss><channel><item><title>T</title>")
    assert (short.count("<title>"), older) == (1, 2)


@given(st.lists(st.integers(0, 5) | st.none()), st.integers(0, 10))
def test_those_that_stay_are_no_older_than_those_that_go(
    days: list[int | None], most: int
) -> None:
    dated = [(None if day is None else NOW + timedelta(days=day), n) for n, day in enumerate(days)]
    kept = newest(dated, most)
    ages = [-1 if day is None else day for day in days]
    assert kept == sorted(sorted(range(len(days)), key=lambda n: (-ages[n], n))[:most])
