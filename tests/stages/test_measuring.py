"""How often it is found out anew what is large for a brand."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from monitor.core.growth import GrowthModel
from monitor.ports import Store
from monitor.stages.measuring import Measuring
from monitor.stages.running import inline
from tests.core.facts import NOON

pytestmark = pytest.mark.anyio


class Archive:
    """Holds two hundred stories of a brand, all of one size."""

    size = 60

    def story_sizes(self) -> tuple[tuple[str, int, int], ...]:
        return (("Acme", self.size, 200),)

    def past_stories(self) -> tuple[()]:
        return ()


async def test_what_is_viral_for_a_brand_is_found_out_at_the_start_and_then_once_a_day() -> None:
    archive = Archive()
    measuring = Measuring(growth=GrowthModel.default(), store=cast("Store", archive), db=inline)
    assert measuring.outlook.viral == {}

    found = []
    for hours in (0, 23.9, 24, 47.9, 48):
        await measuring.measure(NOON + timedelta(hours=hours))
        found.append(measuring.outlook.viral["Acme"])
        archive.size += 1

    assert found == [60, 60, 62, 62, 64]
