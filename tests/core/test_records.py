"""Mention records: what is taken, what is refused with the field that is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.records import in_order, parse
from monitor.errors import InputError
from tests.core.facts import RECORD


def line(**changes: object) -> str:
    return json.dumps({**RECORD, **changes})


def test_every_field_of_the_contract_is_read():
    record = parse(line())

    assert record.source == "twitter"
    assert record.seen_at == datetime(2017, 4, 10, 1, 13, tzinfo=UTC)
    assert record.item.native_id == "t1"
    assert record.item.author_followers == 120
    assert record.item.engagement == {"likes": 3.0}, "an unknown count is not zero"


def test_only_an_id_and_a_time_are_needed():
    record = parse('{"id": 7, "published_at": "2026-01-01T00:00:00+01:00"}')

    assert (record.source, record.item.native_id, record.item.text) == ("replay", "7", "")
    assert record.seen_at == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_it_could_be_seen_when_it_was_seen():
    assert parse(line(seen_at="2017-04-10T02:00:00Z")).seen_at.hour == 2


@pytest.mark.parametrize(
    "null", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+02:00", "1970-01-01T00:00:00Z"]
)
def test_a_date_that_cannot_be_true_is_not_known_if_it_is_known_when_it_was_seen(null):
    record = parse(line(published_at=null, seen_at="2017-04-10T02:00:00Z"))

    assert record.seen_at == datetime(2017, 4, 10, 2, tzinfo=UTC)
    assert record.item.published_at is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "should be a JSON object, not list"),
        (line(id=None), "id: missing"),
        (line(id=True), "id: should be text, not bool"),
        (line(id=""), "id: missing"),
        (line(text=5), "text: should be text, not int"),
        (line(published_at=None), "published_at: missing"),
        (line(published_at="yesterday"), "published_at: 'yesterday' is no time"),
        (line(published_at="2017-04-10T01:13:00"), "published_at: '2017-04-10T01:13:00' has no"),
        (line(published_at="0001-01-01T00:00:00+14:00"), "0001-01-01T00:00:00+14:00' cannot be"),
        (line(seen_at="9999-12-31T23:59:59-01:00"), "9999-12-31T23:59:59-01:00' cannot be true"),
        (line(published_at="0001-01-01T00:00:00Z"), "published_at: '0001-01-01T00:00:00Z' cannot"),
        (line(published_at="1989-12-31T23:59:59Z"), "published_at: '1989-12-31T23:59:59Z' cannot"),
        (line(seen_at="9999-12-31T23:59:59Z"), "seen_at: '9999-12-31T23:59:59Z' cannot be true"),
        (line(author_followers="many"), "author_followers: should be a number, not str"),
        (line(author_followers=-1), "author_followers: -1 is no count"),
        (line(author_followers=True), "author_followers: should be a number, not bool"),
        (line(engagement=[1]), "engagement: should be an object, not list"),
        (line(engagement={"likes": "3"}), "engagement.likes: should be a number, not str"),
        (line(engagement={"likes": float("inf")}), "engagement.likes: inf is no count"),
        (line(engagement={"likes": float("nan")}), "engagement.likes: nan is no count"),
        (line(engagement={"likes": 10**400}), "engagement.likes: 1000"),
        (line(author_followers=10**400), "author_followers: 1000"),
        (line(author_followers=2**53), "author_followers: 9007199254740992 is no count"),
    ],
)
def test_a_bad_line_says_which_field_is_wrong(text, error):
    with pytest.raises(InputError) as caught:
        parse(text)

    assert error in str(caught.value)


def test_text_that_no_file_could_hold_is_cleaned():
    assert parse(line(text="a\u0000b\ud800c")).item.text == "abc"


def test_records_come_in_the_order_in_which_they_could_have_been_seen():
    early, late = line(id="1", seen_at="2017-04-10T03:00:00Z"), line(id="2")

    assert [r.item.native_id for r in in_order([parse(early), parse(late)])] == ["2", "1"]


def test_the_same_id_again_counts_only_with_a_later_time():
    again = parse(line(text="the same"))
    later = parse(line(seen_at="2017-04-10T03:00:00Z"))
    elsewhere = parse(line(source="forum"))

    assert list(in_order([parse(line()), again, later, elsewhere])) == [
        parse(line()),
        elsewhere,
        later,
    ]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_whatever_stands_in_a_field_it_is_read_or_refused(value):
    for field in RECORD:
        with suppress(InputError):
            assert parse(line(**{field: value})).source
