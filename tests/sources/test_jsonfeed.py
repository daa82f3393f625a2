"""JSON Feed: examples after https://www.jsonfeed.org/version/1.1/, and whatever else may come."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import jsonfeed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://blog.example/feed.json"


def read(feed: Any) -> FeedDocument:
    return jsonfeed.read(json.dumps(feed).encode(), url=URL, now=NOW)


def feed(*items: Any, **fields: Any) -> dict[str, Any]:
    return {"version": "https://jsonfeed.org/version/1.1", "items": list(items), **fields}


def only(entry: dict[str, Any], **fields: Any) -> RawItem:
    (item,) = read(feed({"title": "T", **entry}, **fields)).items
    return item


def test_a_whole_feed_is_read() -> None:
    entry = {
        "id": "1",
        "url": "/posts/1",
        "title": "Fire &amp; smoke",
        "content_html": "<p>One</p><p>Two</p>",
        "date_published": "2026-11-22T10:00:00+01:00",
        "authors": [{"url": "x"}, {"name": "Ann Lee"}],
        "language": "de-AT",
    }
    assert read(feed(entry, title="The blog")) == FeedDocument(
        title="The blog",
        items=(
            RawItem(
                native_id="1",
                url="https://blog.example/posts/1",
                title="Fire & smoke",
                text="One\nTwo",
                author="Ann Lee",
                published_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
                language="de",
            ),
        ),
    )


@pytest.mark.parametrize(
    "version",
    [
        "https://jsonfeed.org/version/1",
        "https://jsonfeed.org/version/1.1",
        "https://www.jsonfeed.org/version/1",
    ],
)
def test_every_version_is_read(version: str) -> None:
    assert read({**feed(), "version": version}).items == ()


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"content_text": "a <b> c"}, "a <b> c"),
        ({"content_text": " ", "content_html": "<i>x</i>"}, "x"),
        ({"content_text": "plain", "content_html": "<i>x</i>"}, "plain"),
        ({"content_html": "<i></i>", "summary": "short"}, "short"),
        ({"content_text": 5, "summary": None}, ""),
        ({"content_text": "x" * 200_000}, "x" * 100_000),
    ],
)
def test_the_text_is_the_content_or_the_summary(entry: dict[str, Any], text: str) -> None:
    assert only(entry).text == text


@pytest.mark.parametrize(
    ("entry", "native_id"),
    [
        ({"id": "a", "url": "https://a.example/"}, "a"),
        ({"id": 17}, "17"),
        ({"id": 1.5}, "1.5"),
        ({"id": True, "url": "https://a.example/"}, "https://a.example/"),
        ({"id": ["a"], "external_url": "https://b.example/"}, "https://b.example/"),
    ],
)
def test_the_id_is_as_given_or_the_link(entry: dict[str, Any], native_id: str) -> None:
    assert only(entry).native_id == native_id


@pytest.mark.parametrize(
    ("entry", "fields", "author"),
    [
        ({"author": {"name": "Old Style"}}, {}, "Old Style"),
        ({"authors": [{"name": " "}, {"name": "Second"}]}, {}, "Second"),
        ({"authors": "nobody", "author": "nobody"}, {}, None),
        ({}, {"authors": [{"name": "The feed"}]}, "The feed"),
        ({"author": {"name": "The entry"}}, {"authors": [{"name": "The feed"}]}, "The entry"),
    ],
)
def test_the_author_is_the_first_with_a_name(
    entry: dict[str, Any], fields: dict[str, Any], author: str | None
) -> None:
    assert only(entry, **fields).author == author


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"date_published": "2026-11-22T10:00:00Z"}, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ({"date_published": "2026-11-22T10:00:00"}, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ({"date_modified": "2026-11-22T10:00:00Z"}, datetime(2026, 11, 22, 10, tzinfo=UTC)),
        (
            {"date_published": "1970-01-01T00:00:00Z", "date_modified": "2026-11-22T10:00:00Z"},
            datetime(2026, 11, 22, 10, tzinfo=UTC),
        ),
        ({"date_published": "last week", "date_modified": 5}, None),
    ],
)
def test_the_date_is_the_first_that_can_be_true(
    entry: dict[str, Any], expected: datetime | None
) -> None:
    assert only(entry).published_at == expected


def test_the_language_of_the_feed_stands_in() -> None:
    assert only({}, language="fr").language == "fr"


def test_entries_beyond_500_are_counted_and_odd_ones_skipped() -> None:
    entries = [{"id": str(n), "title": "T"} for n in range(505)]
    document = read(feed(None, "x", *entries))
    assert [item.native_id for item in document.items] == [str(n) for n in range(500)]
    assert document.dropped == 5


def test_of_many_entries_the_newest_are_read_wherever_they_stand() -> None:
    minutes = [NOW - timedelta(minutes=n) for n in range(505, 0, -1)]
    entries = [
        {"id": at.isoformat(), "title": "T", "date_published": at.isoformat()} for at in minutes
    ]
    document = read(feed(*entries))
    assert [item.published_at for item in document.items] == minutes[5:]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "broken JSON"),
        (b'{"a": ' * 100_000, "broken JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "broken JSON"),
        (b"[]", "no version"),
        (b"{}", "no version"),
        (b'{"version": 1, "items": []}', "no version"),
        (b'{"version": "2.0", "items": []}', "no version"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "without items"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "without items"),
    ],
)
def test_what_is_no_json_feed_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        jsonfeed.read(body, url=URL, now=NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
names = st.sampled_from(
    [
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "date_published",
        "date_modified",
        "author",
        "authors",
        "language",
        "name",
    ]
)
entries = st.dictionaries(names, json_values, max_size=8) | json_values


@given(st.lists(entries, max_size=4), st.dictionaries(names, json_values, max_size=4))
def test_fields_of_any_type_are_survived(items: list[Any], fields: dict[str, Any]) -> None:
    for item in read(feed(*items, **fields)).items:
        assert item.native_id
        assert item.title or item.text


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_but_a_feed_error_comes_of_nonsense(body: bytes) -> None:
    with suppress(FeedError):
        jsonfeed.read(body, url=URL, now=NOW)
