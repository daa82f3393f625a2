"""How far a story has come is the same in whatever order its mentions come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any

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
        known: dict[str, Any] = {"source": f"s{minute % 3}", "kind": f"k{minute % 2}"}
        known["repost_of"] = None if minute % 4 else "n0"
        wording = f"w{minute}" if minute % 4 else None
        found.add(mention(minute, **known), wording, alleges=alleges)
    return found


def counts(found: Extent) -> dict[str, Any]:
    return {
        "mentions": found.mentions,
        "reposts": found.reposts,
        "ids": set(found.ids),
        "span": (found.first, found.last, found.first_seen),
        "times": found.times.since_first(),
        "sources": found.sources.count,
        "people": found.people.count,
        "placed": found.placed.count,
        "kinds": found.kinds,
    }


@pytest.mark.parametrize("order", [*permutations(((1, TALK), (3, HARM), (5, TALK), (2, HARM)))])
def test_what_is_seen_late_counts_as_if_it_had_been_seen_in_time(order: Sequence[Said]) -> None:
    found = counts(heard(*order))
    assert (found["ids"], found["mentions"]) == ({2, 3, 5}, 3)
    assert found["times"] == (0.0, 60.0, 180.0)
    assert found["span"] == (mention(2).at, mention(5).at, mention(2).seen_at)
    assert found["kinds"] == {"k0": mention(2).seen_at, "k1": mention(3).seen_at}


def test_what_is_passed_on_has_no_words_of_its_own() -> None:
    found = counts(heard((1, HARM), (2, TALK), (4, TALK), (8, TALK)))
    assert (found["mentions"], found["reposts"], found["placed"]) == (4, 2, 2)


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
