"""Looking into JSON that strangers wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedError
from monitor.sources import jsonvalues

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ODD: list[Any] = [None, True, False, [], {}, [1], {"a": 1}, "", "x", 1.5, float("inf")]
#: More digits than Python writes.
ENDLESS = 10**5_000


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not an answer of Elm: it is empty"),
        (b"\xef\xbb\xbf \n", "not an answer of Elm: it is empty"),
        (b" <!doctype html>", "not an answer of Elm: looks like HTML or XML"),
        (b'{"a":', "not an answer of Elm: broken JSON (Expecting value"),
        (b"[" * 100_000, "not an answer of Elm: broken JSON ("),
        (b"1" * 5_000, "not an answer of Elm: broken JSON ("),
        (b"Too many requests", "not an answer of Elm: broken JSON ("),
    ],
)
def test_what_is_no_json_is_refused_in_the_name_of_the_service(body: bytes, why: str) -> None:
    with pytest.raises(FeedError) as refusal:
        jsonvalues.load(body, of="Elm")
    assert str(refusal.value).startswith(why)
    assert len(str(refusal.value)) < 140


def test_json_is_read_with_a_byte_order_mark_and_with_broken_letters() -> None:
    assert jsonvalues.load(b'\xef\xbb\xbf{"a": "\xff"}', of="Elm") == {"a": "\ufffd"}


def test_a_cursor_comes_back_as_it_was_kept_without_what_is_none() -> None:
    kept = jsonvalues.kept(top="9", page=2, floor=None)
    assert kept == '{"page":2,"top":"9"}'
    assert jsonvalues.cursor(kept) == {"page": 2, "top": "9"}
    assert jsonvalues.kept(floor=None) == ""


@pytest.mark.parametrize("kept", ["", "7", "[]", '"x"', "{", "[" * 100_000, "null"])
def test_a_cursor_that_is_no_object_is_as_good_as_none(kept: str) -> None:
    assert jsonvalues.cursor(kept) == {}


def test_objects_and_lists_are_found_or_empty() -> None:
    row = {"a": {"b": {"c": 1}}, "n": None}
    assert jsonvalues.inner(row, "a", "b") == {"c": 1}
    assert jsonvalues.inner(row, "n", "b") == {}
    assert jsonvalues.inner(row, "a", "x", "y") == {}
    assert jsonvalues.rows([{"a": 1}, None, 5, [], {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert jsonvalues.rows({"a": 1}) == []


def test_the_entries_of_a_list_are_its_objects_up_to_a_limit() -> None:
    answer = {"rows": [{"id": 1}, None, {"name": "x"}] + [{"id": 2}] * 600}
    found = jsonvalues.entries(answer, "rows", name="id", of="Elm")
    assert found[:2] == [{"id": 1}, {"name": "x"}]
    assert len(found) == 499
    assert jsonvalues.entries({"rows": []}, "rows", name="id", of="Elm") == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({}, "no list of 'rows'"),
        ({"rows": {}}, "no list of 'rows'"),
        ({"rows": [{"name": "x"}]}, "no entry of 'rows' has 'id'"),
        ({"rows": [{"id": None}]}, "no entry of 'rows' has 'id'"),
        ({"rows": [1]}, "no entry of 'rows' has 'id'"),
    ],
)
def test_a_list_in_another_shape_is_refused(answer: Any, why: str) -> None:
    with pytest.raises(FeedError, match="not an answer of Elm") as refusal:
        jsonvalues.entries(answer, "rows", name="id", of="Elm")
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "whole", "count"),
    [
        (0, 0, 0),
        (7, 7, 7),
        (7.0, 7, 7),
        (-3, -3, None),
        (10**15 - 1, 10**15 - 1, 10**15 - 1),
        (10**15, None, None),
        (-(10**15), None, None),
        (1.5, None, None),
        (float("nan"), None, None),
        (float("inf"), None, None),
        ("7", None, None),
        (True, None, None),
        (None, None, None),
    ],
)
def test_whole_numbers_and_counts(value: Any, whole: int | None, count: int | None) -> None:
    assert jsonvalues.whole({"n": value}, "n") == whole
    assert jsonvalues.count({"n": value}, "n") == count


def test_an_unknown_count_is_absent_and_a_score_may_be_below_zero() -> None:
    row = {"points": -4, "favs": 0, "boosts": -1, "views": None}
    names = {"score": "points", "likes": "favs", "reposts": "boosts", "views": "views"}
    assert jsonvalues.engagement(row, names) == {"score": -4.0, "likes": 0.0}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (12, "12"),
        ("12", "12"),
        ("112233445566778899", "112233445566778899"),
        (10**18, None),
        (-1, None),
        ("1" * 19, None),
        ("\u0661", None),
        ("1&x=2", None),
        ("1\n", None),
        ("", None),
        (1.0, None),
        (True, None),
        (None, None),
    ],
)
def test_an_id_that_is_a_number_is_digits_and_nothing_else(value: Any, expected: Any) -> None:
    assert jsonvalues.number_id({"id": value}, "id") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-22T10:00:00.000Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("2026-11-22T10:00:00.123456", datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("2027-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        ("2026-11-22T10:00:00Z" + "0" * 1_000_000, None),
        (5, None),
    ],
)
def test_dates(value: Any, expected: datetime | None) -> None:
    assert jsonvalues.date({"at": value}, "at", now=NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_795_000_000, datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        (0, None),
        (-1, None),
        (10**14, None),
        ("1795000000", None),
        (None, None),
    ],
)
def test_seconds_since_1970(value: Any, expected: datetime | None) -> None:
    assert jsonvalues.unix({"at": value}, "at", now=NOW) == expected


def test_a_number_without_end_is_no_number() -> None:
    row = {"x": ENDLESS}
    assert jsonvalues.whole(row, "x") is None
    assert jsonvalues.number_id(row, "x") is None
    assert jsonvalues.unix(row, "x", now=NOW) is None


def test_only_true_is_true_and_only_a_string_is_text() -> None:
    assert [value for value in [*ODD, "true", 1] if jsonvalues.flag({"x": value}, "x")] == [True]
    assert [jsonvalues.text({"x": value}, "x") for value in ODD if value] == [
        "x" if value == "x" else "" for value in ODD if value
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(anything)
def test_no_value_breaks_a_look(value: Any) -> None:
    row = {"x": value}
    looks = (jsonvalues.text, jsonvalues.flag, jsonvalues.whole, jsonvalues.number_id)
    found: list[Any] = [look(row, "x") for look in looks]
    found += [jsonvalues.date(row, "x", now=NOW), jsonvalues.unix(row, "x", now=NOW)]
    assert isinstance(found[0], str)
    kept = value if isinstance(value, dict) else {}
    # As text: NaN is no other NaN.
    assert json.dumps(jsonvalues.cursor(json.dumps(value))) == json.dumps(kept)


def test_only_what_was_asked_for_may_be_spoken_of():
    jsonvalues.check_asked(["a", "", None], ["a", "b"], of="X")
    with pytest.raises(FeedError, match="not an answer of X: it speaks of posts"):
        jsonvalues.check_asked(["a", "c"], ["a", "b"], of="X")
