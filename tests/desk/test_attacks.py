"""Nothing but the button of a link that counts acknowledges an incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.attacks import ATTACKS
from tests.desk.house import House, house_at


@pytest.mark.parametrize("name", ATTACKS)
def test_it_comes_to_nothing(name: str, tmp_path: Path) -> None:
    with house_at(tmp_path) as house:
        before = [house.incident(1).acknowledged_at, house.incident(2).acknowledged_at]
        ATTACKS[name](house)
        after = [house.incident(1).acknowledged_at, house.incident(2).acknowledged_at]
        assert before == after == [None, None]
        assert house.actions() == []
        assert _still_works(house)


def _still_works(house: House) -> bool:
    """The house was not just broken: a link that counts does its work."""
    with_it = house.incident(1)
    if not with_it.status.is_live:
        return True
    return bool(house.post(house.link()).is_redirect and house.actions())


def test_there_are_more_than_twenty() -> None:
    assert len(ATTACKS) > 20
