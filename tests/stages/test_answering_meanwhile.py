"""A batch takes seconds to judge, and people answer in between, from another process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from monitor.core.types import Level, Status
from monitor.stages.running import Run
from tests.stages.conftest import NOON, World, item
from tests.stages.test_handing_down import MINUTE, TEXTS, incident, lower, merge, say, stories

pytestmark = pytest.mark.anyio


def meanwhile(world: World, happens: Callable[[], object]) -> None:
    """Once, when the batch was judged and is about to be written."""
    due = [happens]

    async def db(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if call == world.assess._record and due:
            due.pop()()
        return call(*args, **kwargs)

    world.assess._db = cast("Run", db)


async def at_watch(world: World) -> None:
    """An incident that the next post of its story makes a warning."""
    await stories(world, 1)
    lower(world, 1, Level.WATCH)


@pytest.mark.parametrize("verb", ["dismiss", "resolve"])
async def test_what_is_closed_while_it_rises_is_told_as_back_and_waits_for_an_answer(
    world: World, verb: str
) -> None:
    """It would rise once for all, closed: nobody chased, and never told again."""
    await at_watch(world)
    meanwhile(world, lambda: say(world, verb, 1, "false-alarm"))
    await world.see(item(2, f"{TEXTS[0]}!"))

    assert world.told == ["incident.reopened"]
    assert (incident(world).status, incident(world).level > Level.WATCH) == (Status.OPEN, True)
    assert world.rows("SELECT type FROM alerts ORDER BY id DESC LIMIT 1") == [
        ("incident.reopened",)
    ]


async def test_an_acknowledgement_of_what_was_known_does_not_count_for_what_it_rises_to(
    world: World,
) -> None:
    await at_watch(world)
    meanwhile(world, lambda: say(world, "acknowledge", 1))
    await world.see(item(2, f"{TEXTS[0]}!"))

    assert world.told == ["incident.escalated"]
    assert (incident(world).status, incident(world).acknowledged_at) == (Status.OPEN, None)


async def test_news_of_an_incident_that_is_dismissed_meanwhile_is_none(world: World) -> None:
    """A pager that was told it is over would be told that it stands, and ring for good."""
    await stories(world, 1)
    world.clock.forward(timedelta(hours=1))
    meanwhile(world, lambda: say(world, "dismiss", 1, "not-us"))
    posts = [item(n, f"{TEXTS[0]} {n}", published_at=world.clock()) for n in range(2, 30)]
    await world.see(*posts)

    assert world.told == []
    assert incident(world).status is Status.DISMISSED
    assert incident(world).mention_count == 29


async def test_what_is_dismissed_while_another_goes_into_it_does_not_swallow_it(
    world: World,
) -> None:
    await stories(world)
    meanwhile(world, lambda: say(world, "dismiss", 1, "not-us"))
    await merge(world, (1, 2))
    await merge(world, (1, 2))

    assert (incident(world).status, incident(world, 2).status) == (
        Status.DISMISSED,
        Status.OPEN,
    )
    assert "incident.merged" not in world.told


async def test_what_a_person_reopens_meanwhile_counts_from_then(world: World) -> None:
    await stories(world, 1)
    say(world, "resolve", 1)
    world.clock.forward(timedelta(hours=1))
    meanwhile(world, lambda: say(world, "reopen", 1))
    await world.see(item(2, f"{TEXTS[0]}!", published_at=NOON + MINUTE))

    found = incident(world)
    assert found.status is Status.OPEN
    assert found.last_alert_at == found.raised_at


async def test_a_title_that_is_taken_out_meanwhile_does_not_come_back(world: World) -> None:
    """As `monitor forget --named` does."""
    await stories(world, 1)
    rename = "UPDATE incidents SET title = 'A passenger speaks'"
    meanwhile(world, lambda: world.store._connection.execute(rename))
    await world.see(item(2, f"{TEXTS[0]}!"))

    assert incident(world).title == "A passenger speaks"
    assert incident(world).mention_count == 2
