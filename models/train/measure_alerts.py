"""Whether stories that experts flagged are flagged by their third post, on unseen brands.

Plays the related English mentions of the dev brands of RepLab 2013 through the pipeline of
`monitor replay`, with thresholds out of reach, and reads each story's risk at each of its posts
from the decisions. A topic is grave if at least half of its mentions are ALERT; a page is false if
its story holds no ALERT by then. Prints the recall at several thresholds with the false pages for
each brand-week.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tabulate import tabulate

from models.train.commands import corpora_parser
from models.train.data.files import csv_rows
from models.train.replaying import replayed
from monitor.adapters.growth_file import load_growth
from monitor.app import load_classifier
from monitor.config.freeze import shipped_model
from monitor.core.polling import RawItem
from monitor.core.records import Record
from monitor.core.settings import AlertSettings, Brand, Settings

#: The post by which a story is to be flagged, and so what it must have at least.
BY = 3
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
#: No story becomes an incident, so each is judged by itself.
_QUIET = AlertSettings(watch=0.997, warning=0.998, critical=0.999)


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A mention with what the experts said of it."""

    id: str
    brand: str
    at: datetime
    text: str
    topic: str
    is_alert: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The risk of a story at one of its posts."""

    post: str
    story: int
    risk: float


def posts(folder: Path, fold: str = "dev") -> list[Post]:
    """Related English mentions with a topic, oldest first."""
    rows = (
        row
        for row in csv_rows(folder / "mentions.csv.gz")
        if row["fold"] == fold
        and row["filtering"] == "RELATED"
        and row["language"] == "EN"
        and row["topic"].strip()
    )
    found = [
        Post(
            id=row["tweet_id"],
            brand=row["brand"],
            at=datetime.fromisoformat(row["timestamp"]),
            text=row["text"],
            topic=row["topic"].strip(),
            is_alert=row["priority"] == "ALERT",
        )
        for row in rows
    ]
    return sorted(found, key=lambda post: (post.at, post.id))


def grave(all_: Iterable[Post]) -> dict[tuple[str, str], list[Post]]:
    """Topics of `BY` posts or more of which at least half are ALERT, by brand and topic."""
    topics: dict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in all_:
        topics[post.brand, post.topic].append(post)
    return {
        key: told
        for key, told in topics.items()
        if len(told) >= BY and 2 * sum(post.is_alert for post in told) >= len(told)
    }


def recall(
    topics: Mapping[tuple[str, str], Sequence[Post]], judged: Sequence[Judged], threshold: float
) -> float:
    """Share of the topics of which a story reached the threshold with one of the first posts."""
    risk = {each.post: each.risk for each in judged}
    reached = [
        any(risk.get(post.id, 0.0) >= threshold for post in told[:BY]) for told in topics.values()
    ]
    return sum(reached) / len(reached)


def false_pages(all_: Sequence[Post], judged: Sequence[Judged], threshold: float) -> int:
    """Stories that reached the threshold without an ALERT among their posts until then."""
    alerts = {post.id for post in all_ if post.is_alert}
    spoken: dict[int, bool] = {}
    paged: dict[int, bool] = {}
    for each in judged:
        spoken[each.story] = spoken.get(each.story, False) or each.post in alerts
        if each.risk >= threshold and each.story not in paged:
            paged[each.story] = spoken[each.story]
    return sum(not true for true in paged.values())


def brand_weeks(all_: Iterable[Post]) -> int:
    """Calendar weeks in which a brand was spoken of at all: the labels are dense at the edges."""
    return len({(post.brand, *post.at.isocalendar()[:2]) for post in all_})


def judge(all_: Sequence[Post], descriptions: Mapping[str, str], model: Path) -> list[Judged]:
    """Play the posts; the risk of each one's story right after it, in their order."""
    with TemporaryDirectory() as folder:
        database = Path(folder) / "replay.db"
        replayed(
            [_record(post) for post in all_],
            settings=_settings(database, descriptions),
            classifier=load_classifier(model),
            growth=load_growth(model),
            database=database,
        )
        with closing(sqlite3.connect(database)) as log:
            return [Judged(post=p, story=s, risk=r) for p, s, r in log.execute(_DECISIONS)]


_DECISIONS = """
SELECT native_id, story_id, risk FROM decisions JOIN mentions ON mentions.id = mention_id
ORDER BY decisions.id
"""


def _settings(database: Path, descriptions: Mapping[str, str]) -> Settings:
    return Settings(
        database=database,
        model=shipped_model(),
        brands=tuple(Brand(name=name, description=each) for name, each in descriptions.items()),
        alerts=_QUIET,
    )


def _record(post: Post) -> Record:
    item = RawItem(native_id=post.id, text=post.text, published_at=post.at, brand=post.brand)
    return Record(source="twitter", item=item, seen_at=post.at)


def rows(folder: Path, model: Path) -> tuple[str, list[dict[str, float]]]:
    """What was played, and recall and false pages at each threshold."""
    all_ = posts(folder)
    names = {post.brand for post in all_}
    descriptions = {
        row["name"]: row["description"]
        for row in csv_rows(folder / "brands.csv")
        if row["name"] in names
    }
    judged = judge(all_, descriptions, model)
    topics, weeks = grave(all_), brand_weeks(all_)
    table = [
        {
            "threshold": threshold,
            f"recall by post {BY}": round(recall(topics, judged, threshold), 2),
            "false pages a brand-week": round(false_pages(all_, judged, threshold) / weeks, 3),
        }
        for threshold in THRESHOLDS
    ]
    return f"{len(all_)} posts, {len(topics)} grave topics, {weeks} brand-weeks", table


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = corpora_parser("models.train.measure_alerts", __doc__).parse_args(arguments)
    played, table = rows(options.data / "replab2013", shipped_model())
    print(played)
    print(tabulate(table, headers="keys"))


if __name__ == "__main__":
    main()
