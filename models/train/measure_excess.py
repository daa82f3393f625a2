"""What words and meaning say of whether a quiet post is part of an event: `ExcessRules.told`.

    python -m models.train.measure_excess [FOLDER WITH THE CORPORA]

Plays the replays that tell of an event, and the grave topics of RepLab's `dev` brands, through
grouping alone. What alarms and tells of the event makes its story; each quiet post of the next day
that was put elsewhere is laid beside it. A logistic regression of whether it tells of the event,
both answers worth the same, is the log-likelihood ratio. Needs the extra `train`. Files nothing:
how much is said is for `core.excess`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from tabulate import tabulate

from models.train import measure_alerts
from models.train.data.files import csv_rows
from models.train.measure_replays import FOLDER, read_truth
from models.train.measure_stories import Text
from models.train.replaying import read_records
from monitor.app import load_classifier
from monitor.config import load
from monitor.config.freeze import shipped_model
from monitor.core.excess import DEFAULT
from monitor.core.meaning import UNKNOWN, meaning_of
from monitor.core.records import in_order
from monitor.core.stories import Stories
from monitor.core.text import fingerprint
from monitor.core.types import Reading
from monitor.ports import Classifier

#: An event is known by so many alarming posts, and spoken of so long after the last.
KNOWN: Final = 3
SPOKEN: Final = timedelta(days=1)
#: A text that alarms more may become an incident, and is no quiet one.
ALARMING: Final = 0.3
FOLDERS: Final = (FOLDER, FOLDER / "short")


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One text about the brand; whether it tells of the event is its cluster, "event" or not."""

    said: Text
    alarm: float

    @property
    def tells(self) -> bool:
        return self.said.cluster == "event"


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A quiet post beside the event's story."""

    alike: float
    near: float
    tells: bool


def beside(posts: Iterable[Post]) -> Iterator[Beside]:
    """The quiet posts of one event's days that grouping put elsewhere, in order."""
    stories, ids = Stories(), count(1)
    told: Counter[int] = Counter()
    for post in posts:
        said = post.said
        story = stories.place(
            brand=said.brand,
            text=said.text,
            fingerprint=fingerprint(said.text),
            at=said.at,
            repost_of_story=None,
            new_id=ids.__next__,
            meaning=said.meaning,
        ).story_id
        if post.tells and post.alarm >= ALARMING:
            told[story] += 1
            until = said.at + SPOKEN
        elif told.total() >= KNOWN and said.at <= until and post.alarm < ALARMING:
            [(event, _)] = told.most_common(1)
            near = stories.near(said.brand, story, event)
            if story != event and near != UNKNOWN:
                alike = stories.alike(said.brand, story, event)
                yield Beside(alike=alike, near=near, tells=post.tells)


def fitted(found: Sequence[Beside]) -> tuple[float, float, float]:
    """Of the log-likelihood ratio: per cosine of words, per nearness in meaning, and offset."""
    inputs = np.array([[min(one.alike, DEFAULT.alike), one.near] for one in found])
    tells = np.array([one.tells for one in found])
    weights = np.where(tells, 1.0 / tells.sum(), 1.0 / (~tells).sum()) * 1000.0
    model = LogisticRegression(C=1e6).fit(inputs, tells, weights)
    words, meaning = model.coef_[0]
    return float(words), float(meaning), float(model.intercept_[0])


def replays(folder: Path, classifier: Classifier) -> Iterator[list[Post]]:
    """The posts of each replay that tells of an event."""
    brands = {brand.name: brand for brand in load(folder / "replays.toml", env={}).brands}
    for path in sorted(folder.glob("*.jsonl")):
        truth = read_truth(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        if truth.incident is not None:
            items = [record.item for record in in_order(read_records(path))]
            events = [
                "event" if truth.stories.get(item.native_id) == truth.incident else ""
                for item in items
            ]
            brand = brands[truth.brand]
            said = [
                Text(brand=brand.name, at=item.published_at, text=item.text, cluster=event)
                for item, event in zip(items, events, strict=True)
                if item.published_at is not None
            ]
            yield list(_read(said, brand.description, classifier))


def topics(folder: Path, classifier: Classifier) -> Iterator[list[Post]]:
    """The posts of a `dev` brand, once for each of its grave topics."""
    about = {row["name"]: row["description"] for row in csv_rows(folder / "brands.csv")}
    posts = measure_alerts.posts(folder)
    for name, topic in measure_alerts.grave(posts):
        said = [
            Text(
                brand=name,
                at=post.at,
                text=post.text,
                cluster="event" if post.topic == topic else "",
            )
            for post in posts
            if post.brand == name
        ]
        yield list(_read(said, about[name], classifier))


def _read(said: Sequence[Text], description: str, classifier: Classifier) -> Iterator[Post]:
    """Those that are about the brand."""
    readings = [
        Reading(brand=each.brand, description=description, text=each.text) for each in said
    ]
    for each, verdict in zip(said, classifier.classify(readings), strict=True):
        if verdict.about >= 0.5:
            yield Post(said=replace(each, meaning=meaning_of(verdict)), alarm=verdict.alarm)


def main(data: Path) -> None:
    """Print how alike and near both are, and the fit."""
    classifier = load_classifier(shipped_model())
    played = chain.from_iterable(replays(folder, classifier) for folder in FOLDERS)
    events = [*played, *topics(data / "replab2013", classifier)]
    found = [one for posts in events for one in beside(posts)]
    rows = [
        (tells, *_middle([one for one in found if one.tells is tells])) for tells in (True, False)
    ]
    print(tabulate(rows, headers=("of it", "posts", "alike", "near"), floatfmt=".3f"))
    print("words {:.1f}, meaning {:.2f}, offset {:.2f}".format(*fitted(found)))


def _middle(found: Sequence[Beside]) -> tuple[int, float, float]:
    alike, near = ([getattr(one, name) for one in found] for name in ("alike", "near"))
    return len(found), float(np.mean(alike)), float(np.mean(near))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
