"""From publishing a grave post to the webhook, daemon running, source polled every two seconds."""

from __future__ import annotations

import random
import statistics
import time

import click

from tests.acceptance.house import wait_for
from tests.acceptance.stories import GRAVE
from tests.measure.report import report, say
from tests.measure.street import brands, street

EVERY = 2.0
LIMIT = 60.0


@click.command()
@click.option("--count", default=20, show_default=True, help="Posts.")
@click.option("--seed", default=1, show_default=True)
def latency(count: int, seed: int) -> None:
    """Publish to webhook: median and worst."""
    seconds = sorted(measured(count, random.Random(seed)))
    report(
        f"Publish to webhook, source every {EVERY:g} s, {count} posts",
        [
            ("median", f"{statistics.median(seconds):.2f} s", "", True),
            ("worst", f"{seconds[-1]:.2f} s", f"under {LIMIT:g} s", seconds[-1] < LIMIT),
        ],
    )


def measured(count: int, chance: random.Random) -> list[float]:
    names, seconds = brands(count), []
    with street(names, every=f"{EVERY:g}s") as (house, feeds, leaders):
        house.write()
        with house.daemon() as daemon:
            wait_for(lambda: feeds.feed("/posts").polls)
            for name in names:
                # At any moment between two polls.
                time.sleep(chance.uniform(0, EVERY))
                published = feeds.feed("/posts").publish(GRAVE.format(brand=name))
                (message,) = wait_for(
                    lambda name=name: leaders.about(name),  # type: ignore[misc]
                    what=daemon.stderr.read_text,
                )
                seconds.append((message.at - published).total_seconds())
                say(f"{name}: {seconds[-1]:.2f} s")
    return seconds
