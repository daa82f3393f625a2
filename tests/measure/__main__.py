"""`python -m tests.measure NAME`: one figure, measured here; exit 1 when a goal is missed.

Not part of the test suite: speed and memory are facts about a machine that does nothing else.
"""

from __future__ import annotations

import click

from tests.measure.clock import clock
from tests.measure.cost import cost
from tests.measure.faults import day, faults
from tests.measure.fresh import fresh
from tests.measure.hostile import hostile
from tests.measure.kill import kill
from tests.measure.latency import latency
from tests.measure.links import links
from tests.measure.outage import outage
from tests.measure.precedents import precedents
from tests.measure.receivers import receivers
from tests.measure.recorded import recorded
from tests.measure.replay import replay
from tests.measure.stream import stream
from tests.measure.stream_faults import stream_faults


@click.group()
def main() -> None:
    """Measure what the program promises."""


for command in (
    latency,
    cost,
    kill,
    replay,
    hostile,
    fresh,
    receivers,
    stream,
    stream_faults,
    faults,
    day,
    links,
    clock,
    precedents,
    outage,
    recorded,
):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m tests.measure")
