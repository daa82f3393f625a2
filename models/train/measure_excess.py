"""What words and meaning say of whether a quiet post is part of an event: `ExcessRules.told`.

Plays the replays that tell of an event, and the grave topics of RepLab's `dev` brands, through
grouping alone. What alarms and tells of the event makes its story; each quiet post of the next day
that was put elsewhere is laid beside it. A logistic regression of whether it tells of the event,
both answers worth the same, is the log-likelihood ratio. Needs the extra `train`. Files nothing:
how much is said is for `core.excess`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from tabulate import tabulate

from models.train import measure_alerts
from models.train.commands import corpora_parser
from models.train.data.files import csv_rows
from models.train.measure_replays import FOLDER, read_truth
from models.train.replaying import read_records
from monitor.app import load_classifier
from monitor.config import load
from monitor.config.freeze import shipped_model
from monitor.core.excess import DEFAULT
from monitor.core.meaning import UNKNOWN, Meaning, meaning_of
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
    """One text about the brand, and whether it tells of the event."""

    brand: str
    at: datetime
    text: str
    tells: bool
    alarm: float = 0.0
    meaning: Meaning | None = None


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
        story = stories.place(
            brand=post.brand,
            text=post.text,
            fingerprint=fingerprint(post.text),
            at=post.at,
            repost_of_story=None,
            new_id=ids.__next__,
            meaning=post.meaning,
        ).story_id
        if post.tells and post.alarm >= ALARMING:
            told[story] += 1
            until = post.at + SPOKEN
        elif told.total() >= KNOWN and post.at <= until and post.alarm < ALARMING:
            [(event, _)] = told.most_common(1)
            near = stories.near(post.brand, story, event)
            if story != event and near != UNKNOWN:
                alike = stories.alike(post.brand, story, event)
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
            brand = brands[truth.brand]
            posts = [
                Post(
                    brand=brand.name,
                    at=item.published_at,
                    text=item.text,
                    tells=truth.stories.get(item.native_id) == truth.incident,
                )
                for item in items
                if item.published_at is not None
            ]
            yield list(_read(posts, brand.description, classifier))


def topics(folder: Path, classifier: Classifier) -> Iterator[list[Post]]:
    """The posts of a `dev` brand, once for each of its grave topics."""
    about = {row["name"]: row["description"] for row in csv_rows(folder / "brands.csv")}
    all_ = measure_alerts.posts(folder)
    for name, topic in measure_alerts.grave(all_):
        posts = [
            Post(brand=name, at=one.at, text=one.text, tells=one.topic == topic)
            for one in all_
            if one.brand == name
        ]
        yield list(_read(posts, about[name], classifier))


def _read(posts: Sequence[Post], description: str, classifier: Classifier) -> Iterator[Post]:
    """Those that are about the brand, with how they were read."""
    readings = [
        Reading(brand=each.brand, description=description, text=each.text) for each in posts
    ]
    for each, verdict in zip(posts, classifier.classify(readings), strict=True):
        if verdict.about >= 0.5:
            yield replace(each, alarm=verdict.alarm, meaning=meaning_of(verdict))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print how alike and near both are, and the fit."""
    options = corpora_parser("models.train.measure_excess", __doc__).parse_args(arguments)
    classifier = load_classifier(shipped_model())
    played = chain.from_iterable(replays(folder, classifier) for folder in FOLDERS)
    events = [*played, *topics(options.data / "replab2013", classifier)]
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
    main()
