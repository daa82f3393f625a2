"""A feed of each hostile kind beside a healthy one: extra memory, delay of the healthy one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from tests.acceptance.feeds import Site
from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE
from tests.measure.memory import Peak, megabytes, watched
from tests.measure.report import Row, report, say
from tests.measure.street import brands, street
from tests.servers import Answer

BOMBS = Path("/work/shared/data/xml-bombs")
GOAL_BYTES, GOAL_SECONDS = 200 * 10**6, 10.0
#: How often the hostile feed is asked while we look.
ASKED = 3
CALM, NOW = brands(2)


@click.command()
@click.option("--only", default="", help="Kinds whose name holds this.")
def hostile(only: str) -> None:
    """Extra memory and delay caused by each hostile feed."""
    rows: list[Row] = []
    for kind, answer in kinds().items():
        if only in kind:
            extra, delay = _beside(answer)
            say(f"{kind}: {megabytes(extra)}, {delay:.1f} s")
            met = extra < GOAL_BYTES and delay < GOAL_SECONDS
            found = f"{megabytes(extra)}, {delay:+.1f} s"
            rows.append((kind, found, "under 200 MB, 10 s", met))
    report("Extra memory of daemon and workers, delay of a healthy feed on the same host", rows)


def kinds() -> Mapping[str, Answer]:
    """The files that are there, and some that need no file."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>"
    chunk = b"<item><title>x</title></item>" * 30_000
    found = {
        "endless, a byte a second": Answer(wire=[head, *[b" ", 1.0] * 600]),
        "huge, 200 MB": Answer(wire=[head, *[chunk] * 230]),
        "never answers": Answer(wire=[600.0]),
    }
    for file in sorted(BOMBS.glob("*.xml")) + sorted(BOMBS.glob("*.gz")):
        packed = {"Content-Encoding": "gzip"} if file.suffix == ".gz" else {}
        found[file.stem] = Answer(body=file.read_bytes(), headers=packed)
    return found


def _beside(answer: Answer) -> tuple[int, float]:
    """Bytes and seconds on top of what the daemon, and an alert, take in calm."""
    with street((CALM, NOW), every="2s") as (house, feeds, leaders):
        feeds.answers("/hostile", Answer(body=feeds.feed("/posts").document()))
        house.source("hostile", feeds.url("/hostile"), every="2s")
        house.write()
        with house.daemon() as daemon, watched(daemon.process.pid) as peak:
            calm = _alerted(CALM, feeds, leaders)
            before = _settled(peak, feeds)
            feeds.answers("/hostile", answer)
            asked = feeds.asked("/hostile")
            wait_for(lambda: feeds.asked("/hostile") > asked)
            delay = _alerted(NOW, feeds, leaders) - calm
            wait_for(lambda: feeds.asked("/hostile") >= asked + ASKED or _is_failing(house))
            if daemon.process.poll() is not None:
                raise click.ClickException("the daemon is dead")
    return max(0, peak.bytes - before), delay


def _alerted(brand: str, feeds: Site, leaders: Receiver) -> float:
    published = feeds.feed("/posts").publish(GRAVE.format(brand=brand))
    (message,) = wait_for(lambda: leaders.about(brand))
    return (message.at - published).total_seconds()


def _settled(peak: Peak, feeds: Site) -> int:
    """What it holds after some more polls in calm, both workers started."""
    asked = feeds.asked("/hostile")
    wait_for(lambda: feeds.asked("/hostile") > asked + 2)
    return peak.forget()


def _is_failing(house: House) -> bool:
    """Backed off: it will not be asked again soon."""
    rows = house.rows("SELECT failures FROM sources WHERE name = 'hostile'")
    return bool(rows and rows[0][0])
