"""kill -9 at random moments while the receiver answers 500; then it recovers."""

from __future__ import annotations

import random
import time

import click

from tests.acceptance.feeds import Site
from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE
from tests.measure.report import report, say
from tests.measure.street import brands, street

#: Seconds a killed daemon lives at most after its loops began; of those killed sooner, one in five
#: never gets that far.
LONGEST = 4.0
EARLY = 0.2


@click.command()
@click.option("--count", default=50, show_default=True, help="Kills, each with a new post.")
@click.option("--seed", default=1, show_default=True)
def kill(count: int, seed: int) -> None:
    """Alerts lost and doubled by kill -9."""
    names = brands(count)
    with street(names, every="1s") as (house, feeds, leaders):
        house.write()
        leaders.says(500)
        chance = random.Random(seed)
        for name in names:
            feeds.feed("/posts").publish(GRAVE.format(brand=name))
            _live_and_die(house, chance)
            say(f"{name}: {len(leaders.messages)} attempts so far")
        _recover(house, feeds, leaders, len(names))
        lost = [name for name in names if not leaders.about(name)]
        sound = house.run("db", "check").returncode == 0
        opened = house.count("SELECT count(*) FROM incidents")
        attempts = len(leaders.messages)
    twice = len(leaders.repeated)
    report(
        f"{count} posts, {count} times kill -9, seed {seed}",
        [
            ("attempts seen by the receiver", attempts, "", True),
            ("alerts lost", len(lost), "0", not lost),
            ("accepted twice under one webhook-id", twice, "0", not twice),
            ("incidents", opened, str(count), opened == count),
            ("signatures that did not hold", len(leaders.forged), "0", not leaders.forged),
            ("database sound", "yes" if sound else "no", "yes", sound),
        ],
    )


def _live_and_die(house: House, chance: random.Random) -> None:
    early = chance.random() < EARLY
    with house.daemon(wait=not early):
        time.sleep(chance.uniform(0, LONGEST))


def _recover(house: House, feeds: Site, leaders: Receiver, count: int) -> None:
    leaders.says(204)
    with house.daemon() as daemon:
        pending = "SELECT count(*) FROM deliveries WHERE state = 'pending'"
        wait_for(
            lambda: (
                house.count("SELECT count(*) FROM incidents") >= count and not house.count(pending)
            ),
            what=daemon.stderr.read_text,
        )
        # Long enough for a delivery that should not come to come.
        polls = feeds.feed("/posts").polls
        wait_for(lambda: feeds.feed("/posts").polls > polls + 3)
        daemon.end()
