"""One JSON array, part by part: whole elements, and what is half or broken."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.elements import ENDLESS, HALF, begins, split
from monitor.sources.rowsplit import MOST_ROWS, Part, Split

END = {"is_end": True}
SETTLED = END | {"is_settled": True}


def found(content: bytes | str, **values: object) -> Split:
    given = content.encode() if isinstance(content, str) else content
    return split(Part(content=given, **values))  # type: ignore[arg-type]


def contents(content: bytes | str, **values: object) -> list[str]:
    return [row.content.decode() or row.error for row in found(content, **values).rows]


@pytest.mark.parametrize(
    ("content", "is_list"),
    [
        (b'[{"id": 1}]', True),
        (b"\xef\xbb\xbf \n[", True),
        (b'{"id": 1}', False),
        (b"", False),
        (b"id,text", False),
    ],
)
def test_an_array_is_known_by_its_first_sign(content, is_list):
    assert begins(content) is is_list


@pytest.mark.parametrize(
    ("content", "state", "elements", "consumed"),
    [
        ('[{"a": 1}, {"b": "}"}]', END, ['{"a": 1}', '{"b": "}"}'], 22),
        ('[\n  {"a": [1, {}]}\n]\n', END, ['{"a": [1, {}]}'], 21),
        ('[{"a": 1},{"b', {}, ['{"a": 1}'], 10),
        ('[{"a": 1},{"b', END, ['{"a": 1}'], 10),
        ('[{"a": 1},{"b', SETTLED, ['{"a": 1}', HALF], 10),
        ('{"b": 2}] [{"c": 3}]', END, ['{"b": 2}', '{"c": 3}'], 20),
        ('[{"a": oops}, {"b": 2}]', END, ['{"a": oops}', '{"b": 2}'], 23),
        ('[7, "a, b", tru', {}, ["7", '"a, b"'], 12),
        ('[7, "a, b", true]', END, ["7", '"a, b"', "true"], 17),
        ("[1}2, }]", SETTLED, ["1}2", "}"], 8),
        ("[]", END, [], 2),
        ("", END, [], 0),
    ],
    ids=[
        "one line",
        "many lines",
        "a half element waits",
        "also at the end",
        "until nobody writes any more; its rest may still come",
        "read on in the middle, and a second list",
        "a broken one costs itself alone",
        "a scrap may grow",
        "scraps are elements, for others to refuse",
        "brackets that nobody opened",
        "an empty list",
        "nothing",
    ],
)
def test_what_is_whole(content, state, elements, consumed):
    assert contents(content, **state) == elements
    assert found(content, **state).consumed == consumed


def test_elements_are_counted():
    several = found('[{"a": 1}, {"b": 2}, {"c"', is_end=True, is_settled=True)
    assert [row.line for row in several.rows] == [1, 2, 3]
    assert several.lines == 2


def test_what_is_not_utf_8_comes_as_it_was():
    assert found(b'[{"a": "caf\xe9"}]', **END).rows[0].content == b'{"a": "caf\xe9"}'


def test_a_sign_that_is_cut_waits_for_its_rest():
    part = '[{"a": "é"}, {"b": "é"}]'.encode()[:-4]
    assert found(part).consumed == len('[{"a": "é"}, '.encode())


def test_no_more_elements_are_taken_at_once_than_rows():
    content = "[" + ",".join(["{}"] * (MOST_ROWS + 1)) + "]"
    first = found(content, **END)
    assert (len(first.rows), first.is_full) == (MOST_ROWS, True)
    rest = found(content.encode()[first.consumed :], **END)
    assert (len(rest.rows), rest.is_full) == (1, False)


def test_an_element_without_an_end_ends_the_list():
    endless = found('{"a": "' + "x" * 100)
    assert [row.error for row in endless.rows] == [ENDLESS]
    assert (endless.consumed, endless.skipping) == (107, True)
    rest = found('{"b": 2}]', skipping=True)
    assert (rest.rows, rest.consumed, rest.skipping) == ((), 9, True)


@pytest.mark.parametrize(
    "hostile",
    ['{"\\"', '{"', "{[", "}", '"', "{x},", '{"a":{', "[[", "1,", '{"a":"\\u'],
)
def test_a_lot_of_anything_is_split_in_no_time(hostile: str):
    content = ("[" + hostile * (2**18 // len(hostile))).encode()
    start = time.process_time()
    found(content, **SETTLED)
    found(content)
    assert time.process_time() - start < 2


json_rows = st.lists(
    st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.none() | st.integers()),
    max_size=8,
)


@given(rows=json_rows, indent=st.sampled_from([None, 2]), part=st.integers(60, 200))
def test_any_list_cut_anywhere_gives_what_json_gives(rows, indent, part):
    content = json.dumps(rows, indent=indent).encode()
    got: list[object] = []
    at = 0
    while at < len(content):
        is_end = at + part >= len(content)
        step = found(content[at : at + part], is_end=is_end, is_settled=True)
        if not step.consumed:
            part *= 2  # an element may be longer than a part; here nothing is lost for that
            continue
        if any(row.error for row in step.rows):
            part *= 2
            continue
        got += [json.loads(row.content) for row in step.rows]
        at += step.consumed
    assert got == rows
