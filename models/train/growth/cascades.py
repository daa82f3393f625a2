"""Reads the repost cascades and draws (age, horizon) moments from them. Holds no model."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from monitor.core.curve import YOUNGEST, Array, Curve

HOUR, DAY = 3600.0, 86400.0
OLDEST = 2 * DAY
FARTHEST = 7 * DAY

#: Brands of RepLab call what has no topic of its own by such a name.
_NO_TOPIC = "other topic"
#: Seconds since the first post, the first post included.
Cascade = Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A cascade as seen at one age, and what became of it by the horizon."""

    curve: Curve
    final: int

    @property
    def log_growth(self) -> float:
        return float(np.log(self.final / self.curve.count))


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """One set in time order: 60 % to fit, 20 % to calibrate, the latest 20 % to measure."""

    fit: Sequence[Cascade]
    calibrate: Sequence[Cascade]
    late: Sequence[Cascade]


def ced(data: Path) -> Parts:
    rows = sorted(_lines(data / "cascades_ced/cascades.jsonl.gz"), key=lambda row: row["start"])
    # The post itself is not among its reposts.
    return _parts([np.array([0.0, *row["times"]]) for row in rows])


def tideh(data: Path) -> Parts:
    rows = sorted(
        _lines(data / "cascades_tideh/cascades.jsonl.gz"), key=lambda row: row["start_day"]
    )
    return _parts([np.array(row["times"], dtype=np.float64) for row in rows])


def auspol(data: Path) -> Parts:
    times: dict[int, list[float]] = defaultdict(list)
    with (data / "cascades_auspol/events.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            times[int(row["cascade"])].append(float(row["time_s"]))
    # Dates are not given; the numbers follow the order of the file.
    return _parts([np.array(sorted(times[number])) for number in sorted(times)])


def replab(data: Path) -> Parts:
    """Topics of brands, in the order of their first post; the brands kept apart are measured."""
    known: dict[str, list[tuple[float, Cascade]]] = {"train": [], "dev": []}
    for (fold, *_), times in _topics(data / "replab2013").items():
        known[fold].append((min(times), np.sort(times) - min(times)))
    early, late = (
        [story for _, story in sorted(known[fold], key=lambda each: each[0])]
        for fold in ("train", "dev")
    )
    cut = int(0.75 * len(early))
    return Parts(fit=early[:cut], calibrate=early[cut:], late=late)


def _topics(folder: Path) -> dict[tuple[str, ...], list[float]]:
    """Times of posts by fold, brand, topic and part of the campaign: these lie months apart."""
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for name in ("mentions.csv.gz", "labels_without_text.csv.gz"):
        with gzip.open(folder / name, "rt", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["topic"] and _NO_TOPIC not in row["topic"].lower():
                    topic = (row["fold"], row["brand"], row["topic"], row["official_split"])
                    found[topic].append(datetime.fromisoformat(row["timestamp"]).timestamp())
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _parts(rows: Sequence[Cascade]) -> Parts:
    first, second = int(0.6 * len(rows)), int(0.8 * len(rows))
    return Parts(fit=rows[:first], calibrate=rows[first:second], late=rows[second:])


def seen(cascade: Cascade, *, age: float, horizon: float) -> Moment:
    count = int(np.searchsorted(cascade, age, side="right"))
    final = int(np.searchsorted(cascade, horizon, side="right"))
    return Moment(curve=Curve(times=cascade[:count], age=age, horizon=horizon), final=final)


def drawn(cascades: Iterable[Cascade], rng: np.random.Generator, *, each: int) -> list[Moment]:
    """Ages from five minutes to two days; horizons up to a week, that one most often."""
    return [
        seen(cascade, age=age, horizon=_horizon(age, rng))
        for cascade in cascades
        for age in np.exp(rng.uniform(np.log(YOUNGEST), np.log(OLDEST), each)).tolist()
    ]


def _horizon(age: float, rng: np.random.Generator) -> float:
    if rng.random() < 0.4:
        return FARTHEST
    nearest = max(1.2 * age, HOUR)
    return float(np.exp(rng.uniform(np.log(nearest), np.log(FARTHEST))))
