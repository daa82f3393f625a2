"""A brand for each measurement: two grave stories of one brand would be one incident."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance.feeds import Site, site
from tests.acceptance.house import House
from tests.acceptance.receiver import Receiver, receiver

_FIRST = ("Norvik", "Solenne", "Castell", "Meridian", "Orla", "Tarn", "Halden", "Quill", "Vesper")
_SECOND = ("Air", "Rail", "Foods", "Bank", "Telecom", "Hotels", "Motors", "Energy", "Care")


def brands(count: int) -> Sequence[str]:
    names = [f"{first} {second}" for first, second in product(_FIRST, _SECOND)]
    if count > len(names):
        raise ValueError(f"there are {len(names)} names, not {count}")
    return names[:count]


@contextmanager
def street(names: Sequence[str], *, every: str) -> Iterator[tuple[House, Site, Receiver]]:
    """A house that watches these brands on one feed, with a receiver that hears of everything."""
    with TemporaryDirectory() as folder, site() as feeds, receiver() as leaders:
        house = House(Path(folder))
        for name in names:
            house.brand(name)
        feeds.feed("/posts")
        house.source("posts", feeds.url("/posts"), every=every)
        house.webhook("leadership", leaders.url)
        yield house, feeds, leaders
