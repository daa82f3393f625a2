"""How well mentions are grouped into stories: BCubed F1 beside singletons and one cluster.

Prints a table. "By words" leaves out what the model says the texts mean. MStream has no times: its
texts are taken a minute apart. RepLab topics are measured per brand, and their mean over the
brands of a fold is shown.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean

from tabulate import tabulate

from models.train.commands import corpora_parser
from models.train.data.files import clean, csv_rows
from monitor.adapters.classifier import OnnxClassifier
from monitor.config.freeze import shipped_model
from monitor.core.grouping import Grouping
from monitor.core.meaning import Meaning, meaning_of
from monitor.core.stories import StoryRules
from monitor.core.types import Reading
from monitor.ports import Classifier

START = datetime(2026, 1, 1, tzinfo=UTC)
#: Brands with fewer labelled texts say little.
LEAST_TEXTS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """One text with the cluster people put it in."""

    brand: str
    at: datetime
    text: str
    cluster: str
    meaning: Meaning | None = None


def mstream(file: Path) -> list[Text]:
    return [
        Text(
            brand="",
            at=START + timedelta(minutes=int(row["seq"])),
            text=row["text"],
            cluster=row["cluster"],
        )
        for row in csv_rows(file)
    ]


def replab(folder: Path, fold: str) -> dict[str, list[Text]]:
    """Related texts with a topic, in time order, for each brand."""
    found: dict[str, list[Text]] = defaultdict(list)
    for row in csv_rows(folder / "mentions.csv.gz"):
        if row["fold"] == fold and row["filtering"] == "RELATED" and row["topic"].strip():
            found[row["brand"]].append(
                Text(
                    brand=row["brand"],
                    at=datetime.fromisoformat(row["timestamp"]),
                    text=clean(row["text"]),
                    cluster=row["topic"].strip(),
                )
            )
    enough = {brand: texts for brand, texts in found.items() if len(texts) >= LEAST_TEXTS}
    return {brand: sorted(texts, key=lambda one: one.at) for brand, texts in enough.items()}


def read(groups: Iterable[list[Text]], classifier: Classifier) -> list[list[Text]]:
    """The texts with what they mean; each is read once."""
    kept = list(groups)
    readings = {
        one: Reading(brand=one.brand, description="", text=one.text)
        for texts in kept
        for one in texts
    }
    distinct = list(dict.fromkeys(readings.values()))
    meanings = dict(zip(distinct, map(meaning_of, classifier.classify(distinct)), strict=True))
    return [[replace(one, meaning=meanings[readings[one]]) for one in texts] for texts in kept]


def group(texts: Iterable[Text], rules: StoryRules) -> tuple[list[int], list[int]]:
    """Story of each text at its arrival, and after the last merging pass."""
    grouping = Grouping(rules)
    arrived = [
        grouping.add(brand=one.brand, text=one.text, at=one.at, meaning=one.meaning)
        for one in texts
    ]
    home = grouping.finish()
    return arrived, [home.get(story, story) for story in arrived]


def bcubed(found: Sequence[object], gold: Sequence[object]) -> tuple[float, float, float]:
    """BCubed precision, recall and F1 (Bagga and Baldwin 1998; Amigó et al. 2009)."""
    both = Counter(zip(found, gold, strict=True))
    sizes, golden = Counter(found), Counter(gold)
    precision = sum(n * n / sizes[f] for (f, _), n in both.items()) / len(gold)
    recall = sum(n * n / golden[g] for (_, g), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure(groups: Iterable[list[Text]], rules: StoryRules) -> dict[str, float]:
    """Means over groups of texts (brands), each grouped by itself."""
    rows = []
    for texts in groups:
        gold = [one.cluster for one in texts]
        arrived, merged = group(texts, rules)
        _, worded = group([replace(one, meaning=None) for one in texts], rules)
        precision, recall, f1 = bcubed(merged, gold)
        rows.append(
            {
                "texts": len(texts),
                "singletons": bcubed(range(len(gold)), gold)[2],
                "one cluster": bcubed([0] * len(gold), gold)[2],
                "at arrival": bcubed(arrived, gold)[2],
                "by words": bcubed(worded, gold)[2],
                "precision": precision,
                "recall": recall,
                "merged F1": f1,
            }
        )
    means = {name: fmean(row[name] for row in rows) for name in rows[0]}
    return means | {"texts": sum(row["texts"] for row in rows)}


def sets(folder: Path) -> dict[str, list[list[Text]]]:
    names = (
        "tweets_topic_order",
        "tweets_original_order",
        "news_topic_order",
        "news_original_order",
    )
    found = {name: [mstream(folder / "clustering_mstream" / f"{name}.csv")] for name in names}
    for fold in ("train", "dev"):
        found[f"replab_{fold}"] = list(replab(folder / "replab2013", fold).values())
    return found


def rows(folder: Path, model: Path) -> Iterator[dict[str, object]]:
    """The figures of each set, with the processor time of a text, its reading not counted."""
    classifier = OnnxClassifier.load(model)
    try:
        for name, groups in sets(folder).items():
            yield {"data set": name} | _figures(read(groups, classifier))
    finally:
        classifier.close()


def _figures(groups: list[list[Text]]) -> dict[str, object]:
    began = time.process_time()
    for texts in groups:
        group(texts, StoryRules())
    count = sum(map(len, groups))
    spent = 1000 * (time.process_time() - began) / count
    figures = measure(groups, StoryRules())
    rounded = {key: round(value, 3) for key, value in figures.items() if key != "texts"}
    return {"texts": count, **rounded, "ms a text": round(spent, 2)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = corpora_parser("models.train.measure_stories", __doc__).parse_args(arguments)
    print(tabulate(rows(options.data, shipped_model()), headers="keys"))


if __name__ == "__main__":
    main()
