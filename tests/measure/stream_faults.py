"""Faults of a stream: posts lost and posts stored twice, on real sockets and a real store."""

from __future__ import annotations

import asyncio

import click
import structlog

from monitor.adapters.store import SqliteStore
from tests.measure.report import Row, report
from tests.stages.flows import Live
from tests.stages.stream_faults import COUNT, FAULTS, outcome


@click.command(name="stream-faults")
def stream_faults() -> None:
    """Posts lost and doubled by each fault of a stream."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    rows: list[Row] = []
    for fault in FAULTS:
        with SqliteStore.in_memory() as store:
            lost, twice = asyncio.run(outcome(Live(store), fault))
        rows.append((fault, f"{lost} lost, {twice} twice", "0 and 0", lost == twice == 0))
    report(f"bluesky: {COUNT} posts through each fault", rows)
