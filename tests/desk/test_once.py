"""A form counts once, and is remembered for as long as people may click again."""

from __future__ import annotations

import pytest

from monitor.desk import once
from monitor.desk.once import Once

FORM = {"token": "t", "text": "x"}


def is_new(taken: Once, verb: str = "note", **form: str) -> bool:
    with taken.of(verb, FORM | form) as new:
        return new


def test_the_same_form_of_the_same_page_is_new_once() -> None:
    taken = Once()
    assert [is_new(taken), is_new(taken)] == [True, False]
    assert is_new(taken, "assign")
    assert is_new(taken, token="u")
    assert is_new(taken, text="y")


def test_a_second_click_while_the_first_is_written_is_not_new() -> None:
    taken = Once()
    with taken.of("note", FORM) as first:
        assert (first, is_new(taken)) == (True, False)


def test_what_failed_is_new_again() -> None:
    taken = Once()
    with pytest.raises(ValueError, match="no"), taken.of("note", FORM):
        raise ValueError("no")
    assert is_new(taken)


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_KEPT", 2)
    taken = Once()
    assert all(is_new(taken, text=text) for text in "abc")
    assert is_new(taken, text="a")
    assert not is_new(taken, text="c")
