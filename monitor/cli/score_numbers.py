"""`monitor score growth|volume|stories`: sizes, counts and groups; no text is judged.

Texts that are grouped are read for what they mean. Does not compute: `core.growth`,
`core.volume` and `core.grouping` do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.cli.common import jsonlines_option, model_of, model_options, no_config_option
from monitor.cli.jsonlines import (
    Complaints,
    Row,
    echoed,
    number,
    numbers,
    say_line,
    text,
    time,
    whole,
)
from monitor.core.records import row_of
from monitor.core.types import Reading
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.core.growth import GrowthModel

_input = click.option(
    "--input", "stream", type=click.File("rb"), default="-", help="Default: stdin."
)
Shape = dict[str, Any]
#: Lines read ahead, to keep the model busy.
CHUNK = 64


@click.command("growth")
@model_options
@_input
@jsonlines_option
def growth_command(model: Path | None, config: Path | None, stream: IO[bytes]) -> None:
    """Forecast sizes: {"id", "times", "followers"?, "at", "horizon", "threshold"}."""
    from monitor.adapters.growth_file import load_growth

    fitted = load_growth(model_of(model, config))
    _each(stream, lambda row: growth(row, fitted))


@click.command("volume")
@no_config_option
@_input
@jsonlines_option
def volume_command(stream: IO[bytes]) -> None:
    """Find bursts: {"series", "time", "count"}, each series evenly spaced."""
    from monitor.core.volume import Counts

    counts = Counts()

    def judge(row: Row) -> Shape:
        name = json.dumps(echoed(row, "series"), sort_keys=True)
        try:
            found = counts.score_and_learn(name, time(row, "time"), whole(row, "count"))
        except ValueError as e:
            raise InputError(f"time: {e}") from e
        shown = {"score": found.score, "burst": found.burst, "warm": found.warm}
        return {"series": row["series"], "time": row["time"]} | shown

    _each(stream, judge)


@click.command("stories")
@model_options
@_input
@jsonlines_option
def stories_command(model: Path | None, config: Path | None, stream: IO[bytes]) -> None:
    """Group texts: {"id", "brand", "time", "text"} in time order; answers at the end."""
    from monitor.app import load_classifier
    from monitor.core.grouping import Grouping
    from monitor.core.meaning import meaning_of

    grouping, bad = Grouping(), Complaints()
    classifier = load_classifier(model_of(model, config))
    arrived: list[tuple[object, int]] = []
    parsed = bad.without(stream, lambda line: said(row_of(line)))
    while chunk := list(islice(parsed, CHUNK)):
        verdicts = classifier.classify([reading for _, reading, _ in chunk])
        for (id_, reading, at), verdict in zip(chunk, verdicts, strict=True):
            meaning = meaning_of(verdict)
            placed = grouping.add(brand=reading.brand, text=reading.text, at=at, meaning=meaning)
            arrived.append((id_, placed))
    home = grouping.finish()
    for id_, story in arrived:
        say_line({"id": id_, "story": home.get(story, story), "story_at_arrival": story})
    bad.leave()


def said(row: Row) -> tuple[object, Reading, datetime]:
    """One line as its id, what was said, and when. `InputError` names the field."""
    reading = Reading(brand=text(row, "brand"), description="", text=text(row, "text"))
    return echoed(row, "id"), reading, time(row, "time")


def growth(row: Row, model: GrowthModel) -> Shape:
    """The answer to one line. `InputError` names the field."""
    from monitor.core.growth import score_row

    times, followers = _ascending(row), _followers(row)
    found = score_row(
        times,
        followers,
        at=number(row, "at"),
        horizon=number(row, "horizon"),
        threshold=number(row, "threshold"),
        model=model,
    )
    forecast = {"now": found.now, "p10": found.p10, "p50": found.p50, "p90": found.p90}
    return {"id": echoed(row, "id")} | forecast | {"viral": found.viral}


def _ascending(row: Row) -> tuple[float, ...]:
    times = numbers(row, "times")
    if any(later < earlier for earlier, later in pairwise(times)):
        raise InputError("times: should be ascending")
    return times


def _followers(row: Row) -> tuple[float, ...] | None:
    if row.get("followers") is None:
        return None
    followers = numbers(row, "followers")
    if len(followers) != len(row["times"]):
        raise InputError(f"followers: {len(followers)} for {len(row['times'])} times")
    return followers


def _each(stream: Iterable[bytes], judge: Callable[[Row], Shape]) -> None:
    bad = Complaints()
    for shape in bad.without(stream, lambda line: judge(row_of(line))):
        say_line(shape)
    bad.leave()
