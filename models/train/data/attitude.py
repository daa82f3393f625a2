"""Stance towards a named target: news sentences, financial headlines, tweets on topics.

None of these corpora labels alarm or harms. Their descriptions are empty: the network must
also work for a brand of which nothing is known but the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from models.train.data.files import clean, csv_rows, json_lines
from models.train.rows import Row, share, stance
from monitor.core.types import Reading

_POLARITY = {-1: "negative", 0: "neutral", 1: "positive"}
_SOLD_BY = {"apple": "Apple", "google": "Google", "ipad": "Apple", "iphone": "Apple"}
_FEW_TARGETS = ("brands_products", "sanders")
_FIRMS = {
    "apple": "US maker of computers and phones",
    "google": "US internet company",
    "microsoft": "US software company",
    "twitter": "social network",
}


def _row(origin: str, reading: Reading, targets: dict[str, float], weight: float) -> Row:
    return Row(
        origin=origin,
        # A corpus about two or three firms is split by text, the others by target.
        group=f"{origin}:{reading.text if origin in _FEW_TARGETS else reading.brand.lower()}",
        reading=reading,
        targets=targets,
        weight=weight,
    )


def newsmtsc(folder: Path) -> Iterator[Row]:
    """Sentences whose marked mention is a name, not a pronoun."""
    for raw in json_lines(folder / "newsmtsc.jsonl.gz"):
        name = raw["mention"].strip()
        if name[:1].isupper() and len(name) > 3:
            reading = Reading(
                brand=name, description="", text=clean(raw["sentence"]), source="news"
            )
            targets = {"about": 1.0} | stance(_POLARITY[int(raw["polarity"])])
            yield _row("newsmtsc", reading, targets, 0.6)


def sentfin(folder: Path, *, kept: float = 0.5) -> Iterator[Row]:
    """Headlines, once per entity; the investor's view is not quite reputation: half of them."""
    for raw in csv_rows(folder / "headlines.csv"):
        for name, polarity in json.loads(raw["entities"]).items():
            if share(raw["id"] + name) < kept:
                text = clean(raw["headline"])
                reading = Reading(brand=name, description="", text=text, source="news")
                targets = {"about": 1.0, "outrage": 0.0, "firsthand": 0.0, "complaint": 0.0}
                yield _row("sentfin", reading, targets | stance(polarity), 0.4)


def semeval(folder: Path, *, kept_positive: float = 0.3) -> Iterator[Row]:
    """Tweets on topics; positive ones are thinned, they are three in four."""
    for raw in csv_rows(folder / "tweets.csv.gz"):
        thinned = raw["label"] == "positive" and share(raw["tweet_id"]) >= kept_positive
        if raw["label"] in _POLARITY.values() and not thinned:
            topic = raw["topic"].strip("@").title()
            reading = Reading(brand=topic, description="", text=clean(raw["text"]))
            yield _row("semeval2017_bd", reading, {"about": 1.0} | stance(raw["label"]), 0.6)


def sanders(folder: Path) -> Iterator[Row]:
    """Tweets on four firms; `irrelevant` ones are mostly not English and left out."""
    for raw in csv_rows(folder / "tweets.csv"):
        if raw["sentiment"] in _POLARITY.values():
            reading = Reading(
                brand=raw["topic"].title(),
                description=_FIRMS[raw["topic"]],
                text=clean(raw["text"]),
                source="mastodon",
            )
            yield _row("sanders", reading, {"about": 1.0} | stance(raw["sentiment"]), 0.6)


def sxsw(folder: Path) -> Iterator[Row]:
    """Tweets with a target that can be told; neutral ones have none and are left out."""
    for raw in csv_rows(folder / "tweets.csv"):
        target, feeling = (
            (raw["target"] or "").lower(),
            (raw["emotion"] or "").split(" ")[0].lower(),
        )
        brand = next((firm for word, firm in _SOLD_BY.items() if word in target), "")
        if (
            brand
            and feeling in _POLARITY.values()
            and (feeling == "negative" or share(raw["text"]) < 0.4)
        ):
            reading = Reading(
                brand=brand, description=_FIRMS[brand.lower()], text=clean(raw["text"])
            )
            yield _row("brands_products", reading, {"about": 1.0} | stance(feeling), 0.6)
