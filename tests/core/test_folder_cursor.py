"""Which file of a folder is next, and what is remembered of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.folder import (
    MOST_MARKS,
    Cursor,
    File,
    Mark,
    after,
    check_of,
    complained,
    is_packed,
    is_table,
    is_wanted,
    next_file,
    read,
    written,
)

FILE = File(name="a.jsonl", inode=1, size=10, changed=5, written=0.0)
READ = Mark(changed=5, seen=10, offset=10)


@pytest.mark.parametrize(
    ("mark", "now", "has_news"),
    [
        (None, 0, True),
        (READ, 0, False),
        (replace(READ, seen=9), 0, True),
        (replace(READ, seen=-1), 0, True),
        (replace(READ, changed=4), 0, True),
        (replace(READ, tail=True), 59, False),
        (replace(READ, tail=True), 60, True),
        (READ, 60, False),
    ],
    ids=[
        "a file that was never seen",
        "one that was read",
        "one that has grown",
        "one that is half read",
        "one that was changed and kept its size",
        "a last line waits for its end",
        "for a minute",
        "a file that was read stays so",
    ],
)
def test_which_file_is_to_be_read(mark, now, has_news):
    cursor = Cursor(marks={1: mark} if mark else {})

    assert next_file((FILE,), cursor, now=now) == (FILE if has_news else None, False)


def test_the_file_that_came_first_is_read_first():
    late = replace(FILE, inode=2, changed=6)
    twin = replace(FILE, inode=3)

    assert next_file((late, twin, FILE), Cursor(), now=0) == (FILE, True)
    assert next_file((late,), Cursor(), now=0) == (late, False)


@pytest.mark.parametrize(
    ("changed", "inode", "has_news"), [(4, 9, False), (5, 7, False), (5, 8, True), (6, 1, True)]
)
def test_what_came_before_the_forgotten_ones_was_read(changed, inode, has_news):
    file = replace(FILE, changed=changed, inode=inode)
    found, _ = next_file((file,), Cursor(done=(5, 7)), now=0)

    assert (found is not None) is has_news


def test_the_oldest_files_are_forgotten():
    cursor = Cursor()
    for number in range(MOST_MARKS + 2):
        cursor = after(cursor, 100 + number, Mark(changed=number))

    assert sorted(cursor.marks) == [102 + n for n in range(MOST_MARKS)]
    assert cursor.done == (1, 101)


def test_complaints_add_up_for_a_day():
    first = complained(Cursor(), ("a", "b"), now=100_000)
    assert (first.bad, first.last_bad) == (2, "b")
    assert complained(first, (), now=186_400) == first
    assert complained(first, ("c",), now=186_400).bad == 3
    assert complained(first, (), now=186_401) == replace(first, bad=0, last_bad="")
    assert complained(first, ("c",), now=186_401).bad == 1


def test_a_cursor_survives_its_text():
    mark = Mark(changed=2**62, seen=-1, offset=7, line=3, check=9, tail=True, skipping=False)
    cursor = Cursor(
        marks={1: mark, 2: replace(mark, tail=False, skipping=True)},
        done=(3, 4),
        bad=5,
        last_bad="é",
        bad_at=6,
    )
    assert read(written(cursor)) == cursor


def test_a_full_cursor_is_short_enough_to_be_kept():
    most = 2**63 - 1
    mark = Mark(changed=most, seen=10**12, offset=10**12, line=10**9, check=2**32 - 1, tail=True)
    cursor = Cursor(marks={most - n: mark for n in range(MOST_MARKS)}, last_bad="x" * 500)

    assert len(written(cursor)) < 9_000


@given(st.text() | st.recursive(st.none() | st.integers(), st.lists, max_leaves=9).map(str))
def test_any_other_text_is_a_fresh_cursor(text):
    assert isinstance(read(text), Cursor)


def test_only_the_last_bytes_are_compared():
    assert check_of(b"x" * 300) == check_of(b"y" + b"x" * 256)
    assert check_of(b"x" * 256) != check_of(b"y" + b"x" * 255)


@pytest.mark.parametrize(
    ("name", "wanted", "table", "packed"),
    [
        ("a.jsonl", True, False, False),
        ("a.JSON", True, False, False),
        ("a.ndjson.gz", True, False, True),
        ("a.csv", True, True, False),
        ("a.tsv.GZ", True, True, True),
        ("a.csv.2026-11-22", True, True, False),
        ("a.jsonl.1.gz", True, False, True),
        ("a.jsonl.tmp", False, False, False),
        (".a.jsonl", False, False, False),
        ("~a.csv", False, False, False),
        ("a.gz", False, False, True),
        ("jsonl", False, False, False),
        ("a.csv~", False, False, False),
    ],
)
def test_what_a_name_says(name, wanted, table, packed):
    assert (is_wanted(name), is_table(name), is_packed(name)) == (wanted, table, packed)
