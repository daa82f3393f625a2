"""Whose followers are remembered, and what becomes of those of all others."""

from __future__ import annotations

import pytest

from monitor.core import people
from monitor.core.people import People
from tests.core.facts import mention


def crowd(*authors: int, followers: int = 100) -> People:
    found = People()
    for author in authors:
        found.meet(mention(author, author_followers=followers))
    return found


@pytest.mark.parametrize(("remembered", "reach"), [(3, 300), (2, 400)])
def test_who_speaks_again_counts_once_if_remembered(
    monkeypatch: pytest.MonkeyPatch, remembered: int, reach: int
) -> None:
    monkeypatch.setattr(people, "MAX_FOLLOWED", remembered)

    assert crowd(1, 2, 3, 2).reach == 300
    assert crowd(1, 2, 3, 3).reach == reach


def test_two_stories_together_remember_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MAX_FOLLOWED", 2)
    one, other = crowd(1, 2, 3), crowd(3, 4, followers=10)
    one.absorb(other)

    assert (one.reach, one.count, one.known) == (320, 4, 4)
    assert len(one._followers) == 2
