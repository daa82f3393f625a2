"""Parts of growing files: what is whole in them, and what waits."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.rowsplit import MOST_LINES, MOST_ROWS, Part, Row, separator_of, split


def lines(content: bytes, **values: object):
    return split(Part(content=content, **values))  # type: ignore[arg-type]


def table(content: bytes, **values: object):
    return lines(content, separator=",", **values)


@pytest.mark.parametrize(
    ("content", "state", "rows", "consumed"),
    [
        (b'{"a": 1}\n{"b', {}, 1, 9),
        (b'{"a": 1}\n{"b', {"is_end": True}, 1, 9),
        (b'{"a": 1}\n{"b', {"is_end": True, "is_settled": True}, 2, 9),
        (b'{"a": 1}\n{"b": 2}', {}, 1, 9),
        (b'{"a": 1}\n{"b": 2}', {"is_end": True}, 2, 17),
        (b'{"a": 1}\n17', {"is_end": True}, 1, 9),
        (b'{"a": 1}\n\n \r\n', {}, 1, 13),
        (b"", {"is_end": True}, 0, 0),
    ],
    ids=[
        "a half line waits",
        "also at the end",
        "until nobody writes any more; its rest may still come",
        "one that may be cut waits though it looks whole",
        "a whole object at the end needs no end of line",
        "a number may grow",
        "empty lines are no rows",
        "nothing is nothing",
    ],
)
def test_what_is_whole_in_json_lines(content, state, rows, consumed):
    found = lines(content, **state)

    assert (len(found.rows), found.consumed) == (rows, consumed)


@pytest.mark.parametrize(
    ("content", "state", "cells", "consumed"),
    [
        (b"a,b\nc,d", {}, [("a", "b")], 4),
        (b"a,b\nc,d", {"is_end": True}, [("a", "b")], 4),
        (b"a,b\nc,d", {"is_end": True, "is_settled": True}, [("a", "b"), ("c", "d")], 4),
        (b'a,"x\r\ny ""z"""\r\nb,c\r\n', {}, [("a", 'x\r\ny "z"'), ("b", "c")], 21),
        (b'a,"x\ny"', {}, [], 0),
        (b'5" inch,b\n', {}, [('5" inch', "b")], 10),
        (b",\n\na\n", {}, [("a",)], 5),
    ],
    ids=[
        "a half row waits",
        "also at the end",
        "until nobody writes any more; its rest may still come",
        "a cell may hold lines and quotes",
        "and waits for its end",
        "a quote inside a cell is a sign like others",
        "empty rows are none",
    ],
)
def test_what_is_whole_in_a_table(content, state, cells, consumed):
    state = {"is_end": not cells} | state
    found = table(content, **state)

    assert [row.cells for row in found.rows] == cells
    assert found.consumed == consumed


def test_a_quote_that_is_never_closed_costs_its_line_alone():
    content = b'1,"never\n' + b"2,two\n" * (2 * MOST_LINES)
    found = table(content)

    assert found.rows[0] == Row(line=1, error="a quote is never closed, or a cell never ends")
    assert len(found.rows) == MOST_ROWS
    assert found.rows[1].cells == ("2", "two")


def test_so_it_does_at_the_end_of_a_file_that_nobody_writes():
    found = table(b'1,"never\n2,two\n', is_end=True, is_settled=True)

    assert [(row.line, row.cells) for row in found.rows] == [(1, ()), (2, ("2", "two"))]
    assert (found.consumed, found.lines) == (15, 2)


def test_a_cell_that_is_too_long_and_utf_16_are_named():
    found = table(b"x" * 200_000 + b"\na\x00,b\nc,d\n")

    assert [row.error for row in found.rows] == [
        "a quote is never closed, or a cell never ends",
        "looks like UTF-16: export it as UTF-8",
        "",
    ]


def test_a_row_that_is_not_utf_8_is_read_as_excel_writes_it():
    assert table(b"caf\xe9,\x8111\n").rows[0].cells == ("café", "\ufffd11")
    assert table("café,b\n".encode()).rows[0].cells == ("café", "b")


@pytest.mark.parametrize("separator", ["", ","])
def test_a_line_that_does_not_end_in_a_part_is_left_out_over_many(separator):
    first = lines(b"x" * 100, separator=separator)
    assert (len(first.rows), first.rows[0].error) == (1, "a line of more than a mebibyte")
    assert (first.consumed, first.lines, first.skipping) == (100, 0, True)

    second = lines(b"x" * 100, separator=separator, skipping=True)
    assert (second.rows, second.consumed, second.skipping) == ((), 100, True)

    third = lines(b"xx\n1\n", separator=separator, skipping=True)
    assert [row.line for row in third.rows] == [2]
    assert (third.consumed, third.lines, third.skipping) == (5, 2, False)


def test_a_part_gives_two_thousand_rows_at_most_and_the_rest_later():
    content = b"1\n" * (MOST_ROWS + 1)
    found = lines(content)
    assert (len(found.rows), found.consumed, found.is_full) == (2_000, 4_000, True)
    rest = lines(content[found.consumed :])
    assert (len(rest.rows), rest.is_full) == (1, False)
    assert lines(content[:-2]).is_full is False


def test_empty_lines_take_a_bounded_time():
    found = lines(b"\n" * 1_000_000, is_end=True)

    assert (found.rows, found.consumed, found.is_full) == ((), 10_000, True)


@pytest.mark.parametrize(
    ("head", "separator"),
    [
        (b"id,text", ","),
        (b"id;text;a,b", ";"),
        (b"id\ttext", "\t"),
        (b"id|text", "|"),
        (b"id", ","),
    ],
)
def test_the_separator_is_seen_in_the_first_line(head, separator):
    assert separator_of(head) == separator


CELLS = st.text(st.sampled_from('ab",;\r\n é'), max_size=8).filter(lambda text: "\r" not in text)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=3).filter(lambda row: any(map(str.strip, row))))
)
def test_tables_are_read_as_the_writer_of_python_writes_them(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)

    found = table(out.getvalue().encode(), is_end=True)

    assert [list(row.cells) for row in found.rows] == rows
    assert found.consumed == len(out.getvalue().encode())


@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x80", b"\xf0\x9f\x98"])
def test_a_text_that_is_cut_within_a_character_does_not_spoil_its_line(cut):
    row = "17,Citroën refuse de répondre à ses clients".encode() + cut + b",Le Monde\n"
    assert table(row).rows[0].cells == (
        "17",
        "Citroën refuse de répondre à ses clients\ufffd",
        "Le Monde",
    )


@pytest.mark.parametrize("text", ["Citroën", "«Été» à Köln", "Müller sagt „nein“", "£5 á señor"])
def test_what_excel_writes_is_read_as_that(text):
    assert table(f"1,{text}\n".encode("cp1252")).rows[0].cells == ("1", text)


@given(st.binary(max_size=60), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_whatever_comes_something_is_taken_or_it_is_the_end(content, table_, end, settled, skip):
    part = Part(
        content=content,
        separator="," if table_ else "",
        is_end=end,
        is_settled=settled,
        skipping=skip,
    )
    found = split(part)

    assert 0 <= found.consumed <= len(content)
    assert found.consumed or end or not content
