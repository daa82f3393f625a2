"""How early the replays of `examples/replays` are alerted, and how quiet the quiet ones stay.

Plays each through the pipeline of `monitor replay` and prints a table. Runs on the default
install. Does not judge texts: `NAME.truth.json` says which mention tells which story. An alert is
of the incident when at least half of the mentions it had by then tell of it; any other alert at
`warning` or above is a false one. Of two incidents in one replay both are to be alerted; the table
tells when the first was.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tabulate import tabulate

from models.train import commands
from models.train.measure_stories import bcubed
from models.train.replaying import first_seen, read_records, replayed
from monitor.adapters.growth_file import load_growth
from monitor.app import load_classifier
from monitor.config import load
from monitor.config.freeze import shipped_model
from monitor.core.growth import GrowthModel
from monitor.core.outbox import IncidentEvent
from monitor.core.records import Record
from monitor.core.settings import Settings
from monitor.core.types import Level
from monitor.ports import Classifier

FOLDER = Path(__file__).parents[2] / "examples" / "replays"
#: Events that tell people something new; reminders and updates are not counted.
PAGES = frozenset({"incident.opened", "incident.escalated", "incident.reopened"})
#: What is demanded of an incident: a warning so soon, or at this mention.
SOON = timedelta(minutes=30)
EARLY = 5
#: Of a slow burn: before this share of its complaints.
SHARE = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What a replay is known to hold."""

    brand: str
    #: "incident", "slow-burn", "quiet" or "brigading".
    kind: str
    #: The story that deserves an alert; None: no story does.
    incident: str | None
    #: Start of the hour with most mentions of the incident; None where there is no burst.
    peak_at: datetime | None
    #: Story of each mention that tells one.
    stories: Mapping[str, str]
    #: Other stories that deserve an alert of their own.
    besides: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[str, ...]:
        """All stories that deserve an alert."""
        return () if self.incident is None else (self.incident, *self.besides)

    def of(self, story: str | None) -> Truth:
        """The same, with this story alone to be alerted."""
        return replace(self, incident=story, besides=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One alert, and the mentions its incident had when it went out."""

    at: datetime
    level: Level
    incident: int
    members: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """What became of a replay."""

    #: When each mention was first seen, in that order.
    seen: Mapping[str, datetime]
    pages: tuple[Page, ...]
    #: Story that each mention was filed to at the end; those filed to none are left out.
    filed: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """How early the incident was alerted at a level."""

    #: Mentions of the incident seen by then, of all there are.
    mentions: int
    of: int
    since_first: timedelta
    #: None where there is no peak.
    before_peak: timedelta | None


def read_truth(text: str) -> Truth:
    row: dict[str, Any] = json.loads(text)
    return Truth(
        brand=row["brand"],
        kind=row["kind"],
        incident=row["incident"],
        peak_at=datetime.fromisoformat(row["peak_at"]) if row["peak_at"] else None,
        stories={id_: story for story, ids in row["stories"].items() for id_ in ids},
        besides=tuple(row.get("besides", ())),
    )


def tells(page: Page, truth: Truth) -> bool:
    """At least half of the page's mentions tell of one of the incidents."""
    told = Counter(truth.stories.get(id_) for id_ in page.members)
    return any(told[story] and len(page.members) <= 2 * told[story] for story in truth.due)


def lead(played: Played, truth: Truth, level: Level) -> Lead | None:
    """Of the first page of the incident at `level` or above; None if there is none."""
    found = (p.at for p in played.pages if p.level >= level and tells(p, truth))
    at = min(found, default=None)
    if at is None:
        return None
    times = [t for id_, t in played.seen.items() if truth.stories.get(id_) == truth.incident]
    return Lead(
        mentions=sum(time <= at for time in times),
        of=len(times),
        since_first=at - min(times),
        before_peak=truth.peak_at - at if truth.peak_at else None,
    )


def alarms(played: Played, truth: Truth) -> int:
    """Incidents at `warning` or above that tell of an event: one for each would be enough."""
    loud = (page for page in played.pages if page.level >= Level.WARNING)
    return len({page.incident for page in loud if tells(page, truth)})


def false_pages(played: Played, truth: Truth) -> int:
    """Pages at `warning` or above of anything but the incident."""
    loud = [page for page in played.pages if page.level >= Level.WARNING]
    return sum(not tells(page, truth) for page in loud)


def weeks(played: Played) -> float:
    times = played.seen.values()
    return (max(times) - min(times)) / timedelta(weeks=1)


def grouping(played: Played, truth: Truth) -> tuple[float, float]:
    """BCubed precision and recall over the mentions that tell a story and were filed to one."""
    ids = [id_ for id_ in played.seen if id_ in truth.stories and id_ in played.filed]
    if not ids:
        return 0.0, 0.0
    found, gold = [played.filed[i] for i in ids], [truth.stories[i] for i in ids]
    precision, recall, _ = bcubed(found, gold)
    return precision, recall


def is_met(played: Played, truth: Truth) -> bool:
    """What the replays are there to show; see `SOON`, `EARLY` and `SHARE`."""
    if truth.incident is None:
        return false_pages(played, truth) == 0
    return all(_is_met(played, truth.of(story)) for story in truth.due)


def _is_met(played: Played, truth: Truth) -> bool:
    warned = lead(played, truth, Level.WARNING)
    if warned is None:
        return False
    if truth.kind == "slow-burn":
        return warned.mentions < SHARE * warned.of
    return warned.since_first <= SOON or warned.mentions <= EARLY


def row(name: str, played: Played, truth: Truth) -> dict[str, str]:
    """One line of the table."""
    precision, recall = grouping(played, truth)
    first = truth.of(truth.incident)
    return {
        "replay": name,
        "mentions": str(len(played.seen)),
        "first at watch": _told(lead(played, first, Level.WATCH)),
        "first at warning": _told(warned := lead(played, first, Level.WARNING)),
        "before the peak": _hours(warned),
        "incidents": str(alarms(played, truth)),
        "false a week": f"{false_pages(played, truth) / weeks(played):.2f}",
        "grouping P / R": f"{precision:.2f} / {recall:.2f}",
        "demand": "met" if is_met(played, truth) else "MISSED",
    }


def _told(found: Lead | None) -> str:
    if found is None:
        return "-"
    minutes = found.since_first / timedelta(minutes=1)
    after = f"{minutes:.0f} min" if minutes < 2 * 24 * 60 else f"{minutes / 1440:.0f} days"
    return f"mention {found.mentions} of {found.of}, after {after}"


def _hours(found: Lead | None) -> str:
    if found is None or found.before_peak is None:
        return "-"
    return f"{found.before_peak / timedelta(hours=1):.1f} h"


def play(
    records: Sequence[Record],
    *,
    settings: Settings,
    classifier: Classifier,
    growth: GrowthModel,
    database: Path,
) -> Played:
    """Play the records into a new database, and read from it what became of them."""
    events = replayed(
        records, settings=settings, classifier=classifier, growth=growth, database=database
    )
    with closing(sqlite3.connect(database)) as log:
        return Played(
            seen=first_seen(records), pages=tuple(_pages(events, log)), filed=_filed(log)
        )


def _pages(events: Iterable[IncidentEvent], log: sqlite3.Connection) -> Iterator[Page]:
    joined: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    query = (
        "SELECT incident_id, native_id, at FROM incident_mentions"
        " JOIN mentions ON mentions.id = mention_id"
    )
    for incident_id, native_id, at in log.execute(query):
        joined[incident_id].append((native_id, datetime.fromisoformat(at)))
    for event in events:
        if event.type in PAGES:
            members = frozenset(id_ for id_, at in joined[event.incident.id] if at <= event.at)
            yield Page(
                at=event.at,
                level=event.incident.level,
                incident=event.incident.id,
                members=members,
            )


def _filed(log: sqlite3.Connection) -> dict[str, int]:
    query = (
        "SELECT native_id, story_id FROM story_mentions JOIN mentions ON mentions.id = mention_id"
        " WHERE story_id IS NOT NULL"
    )
    return dict(log.execute(query))


def measure(path: Path, *, settings: Settings, **model: Any) -> dict[str, str]:
    """Play one replay; its truth stands beside it."""
    truth = read_truth(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        database = Path(folder) / "replay.db"
        played = play(read_records(path), settings=settings, database=database, **model)
    return row(path.stem, played, truth)


def rows(model: Path, folder: Path = FOLDER) -> list[dict[str, str]]:
    """One line for each replay of the folder."""
    settings = load(folder / "replays.toml", env={})
    judges = {"classifier": load_classifier(model), "growth": load_growth(model)}
    paths = sorted(folder.glob("*.jsonl"))
    return [measure(path, settings=settings, **judges) for path in paths]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = commands.parser("models.train.measure_replays", __doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=FOLDER, help="replays; default: examples/replays"
    )
    options = parser.parse_args(arguments)
    print(tabulate(rows(shipped_model(), options.folder), headers="keys", disable_numparse=True))


if __name__ == "__main__":
    main()
