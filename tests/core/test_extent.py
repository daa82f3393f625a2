"""How far a story has come is the same in whatever order its mentions come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import extent
from monitor.core.extent import Extent
from tests.core.facts import mention

#: Minutes at which something was said, and whether it holds something against the brand.
Said = tuple[int, bool]
TALK, HARM = False, True


def heard(*all_: Said) -> Extent:
    found = Extent()
    for minute, alleges in all_:
        found.add(mention(minute, source=f"s{minute % 3}"), f"w{minute}", alleges=alleges)
    return found


def counts(
    found: Extent,
) -> tuple[int, frozenset[int], datetime | None, datetime | None, int, int]:
    known = found.sources.count, found.people.count
    return found.mentions, frozenset(found.ids), found.first, found.last, *known


@pytest.mark.parametrize("order", [*permutations(((1, TALK), (3, HARM), (5, TALK), (2, HARM)))])
def test_what_is_seen_late_counts_as_if_it_had_been_seen_in_time(order: Sequence[Said]) -> None:
    assert counts(heard(*order))[1] == {2, 3, 5}


MENTIONS = st.lists(
    st.tuples(st.integers(0, 30), st.booleans()), max_size=12, unique_by=lambda one: one[0]
)


@given(MENTIONS, st.randoms(use_true_random=False), st.integers(0, 12))
def test_neither_the_order_nor_where_two_stories_were_joined_matters(
    said: list[Said], random: Random, cut: int
) -> None:
    in_order = heard(*sorted(said))
    random.shuffle(said)
    one, other = heard(*said[:cut]), heard(*said[cut:])
    assert counts(heard(*said)) == counts(in_order)
    one.absorb(other)
    assert counts(one) == counts(in_order)


def test_no_more_talk_is_remembered_than_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MAX_TALK", 2)
    found = heard(*((minute, TALK) for minute in range(9)))
    assert found.mentions == 9
    found.add(mention(5), "w", alleges=HARM)
    assert found.ids == {5, 7, 8}
