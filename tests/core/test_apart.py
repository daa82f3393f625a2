"""Stories that people told apart stay apart, whatever else becomes of them."""

from __future__ import annotations

import pytest

from monitor.core.apart import Apart


def test_two_stories_are_apart_whichever_is_named_first() -> None:
    apart = Apart([(1, 2)])

    assert apart.are(1, 2)
    assert apart.are(2, 1)
    assert not apart.are(1, 3)
    assert not apart.are(3, 4)


@pytest.mark.parametrize("pair", [(1, 2), (2, 1)])
def test_a_story_that_takes_one_in_stays_apart_from_all_that_that_one_was_apart_from(
    pair: tuple[int, int],
) -> None:
    apart = Apart([pair, (2, 5)])

    apart.join(kept=7, gone=2)

    assert apart.are(7, 1)
    assert apart.are(1, 7)
    assert apart.are(5, 7)
    assert not apart.are(1, 2), "the story is gone"
    assert not apart.are(1, 5)


def test_who_joins_two_stories_that_were_apart_ends_that() -> None:
    apart = Apart([(1, 2), (2, 3)])

    apart.join(kept=1, gone=2)

    assert not apart.are(1, 2)
    assert not apart.are(1, 1)
    assert apart.are(1, 3)


def test_a_story_that_nobody_told_apart_joins_without_a_trace() -> None:
    apart = Apart()

    apart.join(kept=1, gone=2)

    assert not apart.are(1, 2)
