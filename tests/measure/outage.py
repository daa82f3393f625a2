"""A receiver that is down for six hours with forty alerts: what it has a minute after that."""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import click
from tabulate import tabulate

from tests.measure.report import say
from tests.stages.outages import WAYS, Outage, Told, Way, suffered

HEADS = (
    "receiver",
    "fallback",
    "alerts",
    "delivered",
    "superseded by a newer one delivered",
    "lost",
    "accepted twice",
    "at the fallback",
    "s from return to the last",
    "asked an hour",
    "",
)


@click.command()
@click.option("--way", default="", help="Ways of being down whose name holds this.")
@click.option("--hours", default=6.0, show_default=True, help="How long it is down.")
@click.option("--alerts", default=40, show_default=True, help="Alerts meanwhile.")
def outage(way: str, hours: float, alerts: int) -> None:
    """Alerts lost or sent twice by a receiver's absence, and how soon after it they are there."""
    what = Outage(lasts=timedelta(hours=hours), alerts=alerts)
    rows, missed = [], False
    for name, how in WAYS.items():
        for fallback in (False, True):
            if way in name:
                told = _one(how, what, fallback=fallback)
                say(f"{name}, fallback {fallback}: {told}")
                missed |= not _met(told, how)
                rows.append((name, "yes" if fallback else "", *_cells(told, how)))
    click.echo(tabulate(rows, headers=HEADS, disable_numparse=True))
    if missed:
        sys.exit(1)


def _one(way: Way, outage: Outage, *, fallback: bool) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        return suffered(way, outage, Path(folder), fallback=fallback)


def _met(told: Told, way: Way) -> bool:
    """What it takes but answers too late, it has again and again: no sender can know."""
    once = told.twice == 0 or way.takes
    there = told.elsewhere in (None, told.alerts)
    return not told.lost and once and there and told.seconds <= way.within


def _cells(told: Told, way: Way) -> tuple[str, ...]:
    twice = f"{told.twice} (one {told.most} times)" if told.twice else "0"
    return (
        str(told.alerts),
        str(told.delivered),
        str(told.superseded),
        str(len(told.lost)),
        twice,
        "" if told.elsewhere is None else str(told.elsewhere),
        f"{told.seconds:.0f} of {way.within:.0f}",
        f"{told.asked_an_hour:.0f}",
        "met" if _met(told, way) else "MISSED",
    )
