"""Grave events: recalls, breaches, disasters. The brand is the one that could be blamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from models.train.data.files import clean, csv_rows
from models.train.rows import Row, calm, harms, severity, share, stance
from monitor.core.types import Reading

_ILLNESS = re.compile(
    r"listeria|salmonella|e\. ?coli|botul|undeclared|allergen|metal|glass|plastic|foreign|lead\b|"
    r"contaminat|pathogen|hepatitis|cyclospora|choking|cronobacter|histamine|norovirus",
    re.IGNORECASE,
)
#: Event of CrisisLexT26 to the operator and what it is; Spanish and Portuguese events are out.
_OPERATORS = {
    "2013_Savar_building_collapse": ("Rana Plaza", "garment factory building in Bangladesh"),
    "2013_Glasgow_helicopter_crash": ("Bond Air Services", "helicopter operator"),
    "2013_Lac_Megantic_train_crash": ("MMA Railway", "North American freight railway"),
    "2013_NY_train_crash": ("Metro-North", "New York commuter railroad"),
    "2013_West_Texas_explosion": ("West Fertilizer", "fertilizer plant in Texas"),
}


def recalls(folder: Path, *, left_out: frozenset[str]) -> Iterator[Row]:
    """Food recalls as notices; `left_out` are firms of the tuning set."""
    for raw in csv_rows(folder / "recalls.csv"):
        firm, product = clean(raw["recalling_firm"]), clean(raw["product_description"])[:120]
        if firm not in left_out:
            text = f"{firm} recalls {product}: {clean(raw['reason_for_recall'])}"
            reading = Reading(brand=firm, description="food company", text=text, source="news")
            yield _row("fda_recalls", firm, reading, _recall_targets(raw))


def _recall_targets(raw: dict[str, str]) -> dict[str, float]:
    ill = bool(_ILLNESS.search(raw["reason_for_recall"]))
    grave = ill or raw["classification"] == "Class I"
    alleged = ("product", "safety") if grave else ("product",)
    return _grave(alleged, 4 if grave else 2)


def _grave(alleged: tuple[str, ...], level: int) -> dict[str, float]:
    base = {"about": 1.0, "alarm": 1.0, "complaint": 0.0, "outrage": 0.0, "firsthand": 0.0}
    return base | stance("negative") | harms(alleged) | severity(level)


def breaches(folder: Path) -> Iterator[Row]:
    """Data breaches as told by journalists."""
    for raw in csv_rows(folder / "breaches.csv"):
        story = clean(raw["story"])
        if len(story) > 30:
            brand = clean(raw["organisation"])
            named = story if brand.lower() in story.lower() else f"{brand}: {story}"
            reading = Reading(
                brand=brand, description=clean(raw["sector"]), text=named[:500], source="news"
            )
            yield _row("data_breaches", brand, reading, _grave(("privacy",), 3))


def disasters(folder: Path, *, kept: float = 0.16) -> Iterator[Row]:
    """Tweets of industrial and transport disasters, seen from the operator."""
    for raw in csv_rows(folder / "tweets.csv"):
        operator = _OPERATORS.get(raw["event"] or "")
        informative = raw["informativeness"] == "Related and informative"
        if operator and informative and share(raw["tweet_id"]) < kept:
            reading = Reading(brand=operator[0], description=operator[1], text=clean(raw["text"]))
            yield _row("crisislext26", raw["event"], reading, _disaster_targets(raw["type"]))


def _disaster_targets(kind: str) -> dict[str, float]:
    if kind in ("Affected individuals", "Infrastructure and utilities"):
        return {"alarm": 1.0, "harm_safety": 1.0, "harm_praise": 0.0, **severity(4)} | stance(
            "negative"
        )
    return {"harm_praise": 0.0, "harm_animal": 0.0, "harm_privacy": 0.0}


def figures_of_speech(folder: Path, *, kept: float = 0.12) -> Iterator[Row]:
    """Alarm words that mean no disaster: nobody is accused."""
    for raw in csv_rows(folder / "tweets.csv"):
        if raw["target"] == "0" and share(raw["id"]) < kept:
            reading = Reading(brand="", description="", text=clean(raw["text"]))
            yield _row("disaster_tweets", raw["keyword"], reading, calm())


def cyber(folder: Path) -> Iterator[Row]:
    """Titles that name a breach, about the name they begin with; the others are calm news."""
    for raw in csv_rows(folder / "headlines.csv"):
        title = clean(raw["title"])
        name = re.match(
            r"((?:[A-Z][\w&'.-]+ ?){1,2}) (?:confirms|says|discloses|hit by|suffers|data)", title
        )
        if raw["mentions_data_breach"] == "True" and name:
            reading = Reading(
                brand=name.group(1).strip(), description="", text=title, source="news"
            )
            yield _row("cyber_news", name.group(1), reading, _grave(("privacy",), 3))


def _row(origin: str, group: str, reading: Reading, targets: dict[str, float]) -> Row:
    return Row(
        origin=origin, group=f"{origin}:{group}", reading=reading, targets=targets, weight=0.7
    )
