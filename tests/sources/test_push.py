"""Bodies of `POST /push`: three forms, and one bad record costs itself alone."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.asking import Ask, Page
from monitor.errors import FeedError, InputError
from monitor.sources.push import KIND, MOST_RECORDS, TooManyError, read

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ONE = {"id": "1", "source": "twitter", "text": "hello", "published_at": "2026-11-22T11:00:00Z"}
OTHER = ONE | {"id": "2"}


def body(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def ids(content: bytes) -> list[str]:
    return [record.item.native_id for _, record in read(content, now=NOON).records]


def item(**changes: object):
    [(_, record)] = read(body(ONE | changes), now=NOON).records
    return record.item


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (body(ONE), ["1"]),
        (json.dumps(ONE, indent=2).encode(), ["1"]),
        (body([ONE, OTHER]), ["1", "2"]),
        (body(ONE, OTHER), ["1", "2"]),
        (body(ONE, OTHER) + b"\r\n\r\n", ["1", "2"]),
        (b"\xef\xbb\xbf" + body(ONE), ["1"]),
        (b"\n \n" + body(ONE), ["1"]),
        (b"[]", []),
    ],
    ids=["one", "one on many lines", "array", "lines", "blank lines", "BOM", "late", "nothing"],
)
def test_records_come_in_three_forms(content, found):
    assert ids(content) == found


def test_a_bad_line_is_named_and_loses_nothing_else():
    lines = [body(ONE), b"{oops", b'{"id": 3', b"", b"7", b'{"text": "x"}', b"\xff", body(OTHER)]
    pushed = read(b"\n".join(lines), now=NOON)

    assert [(line, record.item.native_id) for line, record in pushed.records] == [
        (1, "1"),
        (8, "2"),
    ]
    assert [one.line for one in pushed.errors] == [2, 3, 5, 6, 7]
    assert pushed.errors[3].error == "id: missing"


def test_in_an_array_the_place_is_named():
    pushed = read(body([ONE, 7, {"id": "3", "text": []}, OTHER]), now=NOON)

    assert [(one.line, one.error) for one in pushed.errors] == [
        (2, "should be a JSON object, not int"),
        (3, "text: should be text, not list"),
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "the body should be a JSON object"),
        (b"7", "the body should be a JSON object"),
        (b"<html>", "the body should be a JSON object"),
        ("{}".encode("utf-16"), "the body should be a JSON object"),
        (b"[1,", "not JSON: "),
        (b"[" * 1_000_000, "not JSON: "),
        (b'[{"id": ' + b"9" * 5_000 + b"}]", "not JSON: "),
    ],
)
def test_a_body_that_holds_no_records_is_refused(content, error):
    with pytest.raises(InputError, match=f"^{error}"):
        read(content, now=NOON)


@pytest.mark.parametrize(
    "line", [b'{"a":' * 100_000, b'{"id": ' + b"9" * 5_000 + b"}", b'{"id":"\xff"}', b"{\0}"]
)
def test_a_hostile_line_costs_itself_alone(line):
    pushed = read(line + b"\n" + body(OTHER), now=NOON)

    assert [one.line for one in pushed.errors] == [1]
    assert len(pushed.errors[0].error) <= 200
    assert [record.item.native_id for _, record in pushed.records] == ["2"]


@pytest.mark.parametrize("form", [lambda rows: body(*rows), body], ids=["lines", "array"])
def test_five_thousand_records_are_the_most(form):
    rows = [ONE | {"id": str(n)} for n in range(MOST_RECORDS)]
    assert len(ids(form(rows))) == 5_000
    with pytest.raises(TooManyError, match="more than 5,000 records"):
        read(form([*rows, OTHER]), now=NOON)


# --- what becomes of the fields


def test_a_record_is_seen_now_unless_it_was_seen_before():
    late, early = "2026-11-22T13:00:00Z", "2026-11-22T11:30:00Z"
    rows = [ONE, ONE | {"seen_at": early}, ONE | {"seen_at": late}]
    seen = [record.seen_at for _, record in read(body(rows), now=NOON).records]

    assert seen == [NOON, NOON - timedelta(minutes=30), NOON]


@pytest.mark.parametrize("seen_at", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_a_record_that_cannot_have_been_seen_when_it_says_is_seen_now(seen_at):
    [(_, record)] = read(body(ONE | {"seen_at": seen_at}), now=NOON).records

    assert record.seen_at == NOON


def test_no_date_is_needed():
    assert item(published_at=None).published_at is None
    assert item(published_at="1970-01-01T00:00:00Z").published_at is None


@pytest.mark.parametrize(
    ("given_as", "name"),
    [
        ("twitter", "twitter"),
        ("Twitter ", "twitter"),
        (None, "push"),
        ("", "push"),
        ("\x07\n", "push"),
        ("a\nb", "a b"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_source_has_a_short_name_of_lower_case(given_as, name):
    [(_, record)] = read(body(ONE | {"source": given_as}), now=NOON).records

    assert (record.source, record.item.kind) == (name, name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AT&amp;T <b>lied</b><br/>twice", "AT&T lied twice"),
        ("I <3 this & a <b more", "I <3 this & a <b more"),
        ("nul\x00 and\x07 bell", "nul and bell"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("&#" + "9" * 5_000 + ";", "\ufffd"),
    ],
)
def test_text_is_plain(text, words):
    assert item(text=text).text == words
    assert item(title=text).title == words


def test_a_text_is_cut_off_where_no_post_ends():
    assert len(item(text="x" * 1_000_000).text) == 100_000


def test_what_will_be_a_link_is_an_address_of_the_web():
    assert item(url="https://x.example/1").url == "https://x.example/1"
    assert item(url="javascript:alert(1)").url is None


def test_a_long_id_is_shortened_wherever_it_stands():
    long = "x" * 1_000

    assert item(id=long).native_id == item(repost_of=long).repost_of
    assert len(item(id=long).native_id) == 71


def test_a_language_is_two_or_three_letters():
    assert (item(language="en-GB").language, item(language="??").language) == ("en", None)


def test_a_deletion_needs_an_id_alone():
    [(_, record)] = read(b'{"id": "1", "deleted": true}', now=NOON).records
    assert record.deleted

    [error] = read(b'{"id": "1", "deleted": "yes"}', now=NOON).errors
    assert error.error == "deleted: should be true or false, not str"


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\n01\\e ', max_size=60).map(str.encode))
def test_whatever_comes_it_is_read_or_refused(content):
    with suppress(InputError):
        for _, record in read(content, now=NOON).records:
            assert record.item.native_id


# --- for those who know pages


def page(content: bytes) -> Page:
    ask = Ask(url="push:x", query="", cursor="", since=None, now=NOON)
    return Page(body=content, headers={}, url=KIND.ask(ask), ask=ask)


def test_a_body_can_be_read_as_a_page():
    document = KIND.read(page(body(ONE) + b"\n7"))

    assert [item.native_id for item in document.items] == ["1"]
    assert document.warning == "line 2: should be a JSON object, not int"
    assert KIND.read(page(body(ONE))).warning is None
    with pytest.raises(FeedError, match="the body should be"):
        KIND.read(page(b""))
