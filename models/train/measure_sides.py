"""What nearness in meaning says of whether a grave text is a side of an event: `KinRules.meant`.

Each event of the replays is told of one and the same made-up brand. Beside its first mentions
stand its own later alarming ones, and the first alarming ones of every other event; a logistic
regression of one on the other, both worth the same, is the log-likelihood ratio. Needs the extra
`train`. Groups nothing: words may tie two texts before their meaning is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from tabulate import tabulate

from models.train import commands
from models.train.augment import written
from models.train.measure_replays import FOLDER, read_truth
from models.train.replaying import read_records
from monitor.app import load_classifier
from monitor.config import load
from monitor.config.freeze import shipped_model
from monitor.core.meaning import Floats, Mean, meaning_of, nearness
from monitor.core.settings import Brand
from monitor.core.types import Reading, Verdict
from monitor.ports import Classifier

FOLDERS: Final = (FOLDER, FOLDER / "short")
#: Mentions by which an event is known, when the next one is laid beside it.
KNOWN: Final = (10, 30)
#: A text that alarms no more is not about to become an incident.
ALARMING: Final = 0.3
#: Of an event, when it is another one.
FIRST: Final = 12
#: All events happen to it.
NAME: Final = "Meridian"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A replay: what each mention means, and which of them tell of the event."""

    verdicts: tuple[Verdict, ...]
    #: Places of the mentions that tell of it, oldest first.
    telling: tuple[int, ...]

    def mean(self, places: Sequence[int]) -> Mean:
        found = Mean()
        for meaning in filter(None, (meaning_of(self.verdicts[place]) for place in places)):
            found.add(meaning)
        return found

    def alarming(self, places: Sequence[int]) -> list[Mean]:
        return [self.mean([n]) for n in places if self.verdicts[n].alarm >= ALARMING]


def events(folder: Path, classifier: Classifier) -> Iterator[Event]:
    """Those of the folder's replays that tell of one."""
    brands = {brand.name: brand for brand in load(folder / "replays.toml", env={}).brands}
    for path in sorted(folder.glob("*.jsonl")):
        truth = read_truth(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        if truth.incident is not None:
            records = read_records(path)
            texts = [renamed(record.item.text, brands[truth.brand]) for record in records]
            told = [truth.stories.get(record.item.native_id) for record in records]
            yield Event(
                verdicts=classifier.classify([_reading(text) for text in texts]),
                telling=tuple(n for n, story in enumerate(told) if story == truth.incident),
            )


def renamed(text: str, brand: Brand) -> str:
    """The text with `NAME` for every name of the brand."""
    names = (brand.name, *brand.aliases, *brand.ambiguous)
    return written({name.lstrip("@#") for name in names}).sub(NAME, text)


def _reading(text: str) -> Reading:
    return Reading(brand=NAME, description="a company", text=text)


def sides(found: Sequence[Event]) -> tuple[Floats, Floats]:
    """Nearness of sides of an event to it, and of what tells of other events."""
    own, other = [], []
    for event in found:
        for known in KNOWN:
            if len(event.telling) > known:
                first, later = event.telling[:known], event.telling[known:]
                common = event.mean(range(first[-1] + 1))
                told = event.mean(first)
                own.append(nearness(told, event.alarming(later), common))
                apart = [each for each in found if each is not event]
                means = [m for each in apart for m in each.alarming(each.telling[:FIRST])]
                other.append(nearness(told, means, common))
    return np.concatenate(own), np.concatenate(other)


def fitted(own: Floats, other: Floats) -> tuple[float, float]:
    """Slope and offset of the log-likelihood ratio of nearness, sides against others."""
    near = np.concatenate([own, other])[:, None]
    labels = np.repeat([1, 0], [len(own), len(other)])
    weights = np.repeat([1000.0 / len(own), 1000.0 / len(other)], [len(own), len(other)])
    model = LogisticRegression(C=1e6).fit(near, labels, weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print how near both come, and the fit."""
    parser = commands.parser("models.train.measure_sides", __doc__)
    parser.add_argument(
        "folders", type=Path, nargs="*", default=FOLDERS, help="replays; default: all that ship"
    )
    folders = parser.parse_args(arguments).folders
    classifier = load_classifier(shipped_model())
    found = [event for folder in folders for event in events(folder, classifier)]
    own, other = sides(found)
    rows = [(at, (own >= at).mean(), (other >= at).mean()) for at in np.arange(0.0, 0.9, 0.1)]
    print(f"{len(found)} events, {len(own)} sides, {len(other)} of other events")
    print(tabulate(rows, headers=("nearness", "sides", "others"), floatfmt=".2f"))
    print("slope {:.2f}, offset {:.2f}".format(*fitted(own, other)))


if __name__ == "__main__":
    main()
