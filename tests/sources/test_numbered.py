"""Pages that have numbers."""

from __future__ import annotations

import pytest

from monitor.sources import numbered


def test_pages_are_counted_from_the_first() -> None:
    assert numbered.number("") is None
    second = numbered.counted("", ["a", "b"], first=0)
    assert numbered.number(second) == 1
    assert numbered.number(numbered.counted(second, ["c"], first=0)) == 2
    assert numbered.number(numbered.counted("", ["a"], first=1)) == 2


def test_a_page_that_holds_what_the_one_before_held_is_asked_for_once_more() -> None:
    second = numbered.counted("", ["a", "b"], first=1)
    again = numbered.counted(second, ["a", "b"], first=1)
    assert numbered.number(again) == 2
    assert again != second
    assert numbered.number(numbered.counted(again, ["c", "d"], first=1)) == 3


def test_it_is_believed_the_second_time() -> None:
    second = numbered.counted("", ["a", "b"], first=1)
    again = numbered.counted(second, ["a", "b"], first=1)
    assert numbered.number(numbered.counted(again, ["a", "b"], first=1)) == 3


def test_the_order_of_a_page_is_part_of_what_it_holds() -> None:
    second = numbered.counted("", ["a", "b"], first=1)
    assert numbered.number(numbered.counted(second, ["b", "a"], first=1)) == 3


def test_a_word_of_the_server_may_be_anything_too() -> None:
    at = numbered.marked("", "=P:2", ["a"])
    assert numbered.word(at) == "=P:2"
    assert numbered.number(at) is None
    assert numbered.word(numbered.marked(at, "=P:3", ["a"])) == "=P:2"
    assert numbered.word(numbered.marked(at, "=P:3", ["b"])) == "=P:3"


@pytest.mark.parametrize("at", ["x", "=P2", ":", "1e3", "7"])
def test_what_is_no_number_stands_for_no_page(at: str) -> None:
    assert numbered.number(at) is None


def test_a_name_may_be_anything() -> None:
    assert len(numbered.counted("", ["\ud800" * 1000], first=1)) < 20
