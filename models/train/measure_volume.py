"""How well bursts are found: the NAB score on mention counts of listed companies.

Prints the detector as it ships, the same with its threshold learnt on the other brands, and what
was published of other detectors on the same files (their thresholds were tuned on these labels).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from operator import add
from pathlib import Path
from statistics import median

from tabulate import tabulate

from models.train.commands import corpora_parser
from models.train.data.files import csv_rows
from models.train.nab import Scored, Window, scored
from monitor.core.surprise import score
from monitor.core.volume import Counts, VolumeRules

#: Thresholds that may be learnt, in decimal digits of surprise.
DIGITS = (1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 3.0, 4.0)
SHOWN = (
    "ARTime",
    "earthgeckoSkyline",
    "contextOSE",
    "numenta",
    "twitterADVec",
    "windowedGaussian",
)
FOLDER = "nab_realtweets"
_ROWS_A_DAY = 288


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Counts of one company with the windows in which something happened."""

    name: str
    times: tuple[datetime, ...]
    counts: tuple[int, ...]
    windows: tuple[Window, ...]


def series(folder: Path) -> Iterator[Series]:
    """All series of the folder, by name."""
    windows = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    for path in sorted(folder.glob("Twitter_volume_*.csv")):
        rows = list(csv_rows(path))
        times = tuple(_time(row["timestamp"]) for row in rows)
        yield Series(
            name=path.stem.removeprefix("Twitter_volume_"),
            times=times,
            counts=tuple(int(float(row["value"])) for row in rows),
            windows=tuple(_window(times, *ends) for ends in windows[path.name]),
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _window(times: Sequence[datetime], start: str, end: str) -> Window:
    inside = [row for row, time in enumerate(times) if _time(start) <= time <= _time(end)]
    return inside[0], inside[-1]


def bursts(one: Series, rules: VolumeRules) -> list[int]:
    """Rows at which a burst is called; a row that repeats the time before it is passed over."""
    counts, found = Counts(rules), []
    known = (not row or one.times[row] > one.times[row - 1] for row in range(len(one.times)))
    for row, (time, count, fresh) in enumerate(zip(one.times, one.counts, known, strict=True)):
        if fresh and counts.score_and_learn(one.name, time, count).burst:
            found.append(row)
    return found


def delay(one: Series, found: Sequence[int]) -> list[float]:
    """Minutes from the start of each window that was hit to its first burst."""
    firsts = [
        (first, next((row for row in found if first <= row <= last), None))
        for first, last in one.windows
    ]
    return [
        (one.times[row] - one.times[first]).total_seconds() / 60
        for first, row in firsts
        if row is not None
    ]


def by_threshold(all_: Sequence[Series]) -> dict[str, dict[float, Scored]]:
    """Score of each series at each threshold."""
    return {
        one.name: {
            digits: scored(
                bursts(one, replace(VolumeRules(), burst=score(digits))),
                one.windows,
                len(one.times),
            )
            for digits in DIGITS
        }
        for one in all_
    }


def learnt_elsewhere(table: Mapping[str, Mapping[float, Scored]]) -> Scored:
    """Each series at the threshold that is best on all others, added up."""

    def best(left_out: str) -> float:
        return max(
            DIGITS,
            key=lambda digits: sum(
                row[digits].raw for name, row in table.items() if name != left_out
            ),
        )

    return total([row[best(name)] for name, row in table.items()])


def total(parts: Sequence[Scored]) -> Scored:
    return reduce(add, parts, Scored())


def published(folder: Path, windows: int) -> dict[str, Scored]:
    """What the benchmark's authors list for these files, standard profile."""
    found: dict[str, list[Scored]] = defaultdict(list)
    for row in csv_rows(folder / "published_scores.csv"):
        if row["profile"] == "standard":
            found[row["detector"]].append(
                Scored(
                    raw=float(row["score"]), false_alarms=int(row["fp"]), rows=int(row["total"])
                )
            )
    return {
        name: replace(total(rows), windows=windows)
        for name, rows in found.items()
        if name in SHOWN
    }


def rows(folder: Path) -> list[dict[str, object]]:
    """The detector as it ships, at the threshold of the other brands, and the published ones."""
    all_ = list(series(folder))
    shipped = [scored(bursts(one, VolumeRules()), one.windows, len(one.times)) for one in all_]
    ours = {
        "as it ships": total(shipped),
        "threshold of other brands": learnt_elsewhere(by_threshold(all_)),
    }
    known = ours | published(folder, ours["as it ships"].windows)
    return [
        {
            "system": name,
            "NAB": round(each.normalised, 1),
            "windows hit": f"{each.hit} of {each.windows}" if name in ours else "",
            "false alarms a brand-day": round(each.false_alarms * _ROWS_A_DAY / each.rows, 3),
        }
        for name, each in known.items()
    ]


def median_delay(folder: Path) -> float:
    """Minutes from the start of a window to the burst that hit it."""
    late = [each for one in series(folder) for each in delay(one, bursts(one, VolumeRules()))]
    return median(late)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and how long after a window's start a burst is called."""
    options = corpora_parser("models.train.measure_volume", __doc__).parse_args(arguments)
    folder = options.data / FOLDER
    print(tabulate(rows(folder), headers="keys"))
    print(f"median delay from the start of a window: {median_delay(folder):.0f} min")


if __name__ == "__main__":
    main()
