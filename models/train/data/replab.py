"""RepLab 2013: relevance, stance and alarm by experts, on brands that are kept apart.

Harms, complaint and severity come from the experts' topics, mapped by hand in
`replab_topics.csv`: weak labels, for the training brands only.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from models.train.data.files import clean, csv_rows
from models.train.rows import STANCES, Row, calm, harms, severity, stance
from monitor.core.types import Reading

#: Training brands on which the probabilities are calibrated; the network never sees them.
CALIBRATION = ("MIT", "AC/DC", "PNC", "Justin Bieber", "Volvo", "Shakira")
#: A positive text may or may not tell of good service.
_PRAISE = "harm_praise"
_KINDS = {
    "automotive": "car maker",
    "banking": "bank",
    "music": "musician",
    "university": "university",
}
#: Rows of one story that count in full.
_LOUD = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What a topic of the experts says in the terms of the label guide."""

    harms: tuple[str, ...]
    severity: int
    complaint: bool


def rows(folder: Path, *, fold: str, language: str = "EN") -> Iterator[Row]:
    """Mentions of the train or dev brands; train rows that recur in dev are left out.

    `language` is EN, ES or, for both, empty.
    """
    brands = {row["brand"]: row for row in csv_rows(folder / "brands.csv")}
    usable = [raw for raw in csv_rows(folder / "mentions.csv.gz") if _usable(raw, fold, language)]
    crowds = Counter(map(_crowd, usable))
    for raw in usable:
        yield _row(raw, brands[raw["brand"]], weight=_weight(raw, crowds))


def _usable(raw: dict[str, str], fold: str, language: str) -> bool:
    kept = raw["fold"] == fold and raw["cross_fold_dup"] == "0"
    return kept and language in ("", raw["language"])


def _crowd(raw: dict[str, str]) -> tuple[str, ...]:
    """The story of an alarm: a loud one must not outshout the others."""
    return (raw["brand"], raw["topic"]) if raw["priority"] == "ALERT" else ()


def _weight(raw: dict[str, str], crowds: Counter[tuple[str, ...]]) -> float:
    """One story of 250 mentions is not worth 25 stories of 10: beyond the limit, the root."""
    crowd = _crowd(raw)
    return min(1.0, (_LOUD / crowds[crowd]) ** 0.5) if crowd else 1.0


def _row(raw: dict[str, str], brand: dict[str, str], *, weight: float) -> Row:
    reading = Reading(
        brand=brand["name"],
        description=brand["description"],
        text=clean(raw["text"]),
        source="mastodon",
    )
    return Row(
        origin="replab2013",
        group=raw["brand"],
        reading=reading,
        targets=_targets(raw),
        aliases=tuple(name for name in brand["aliases"].split("|") if name),
        weight=weight,
        extra={
            "language": raw["language"],
            "topic": raw["topic"],
            "priority": raw["priority"],
            "kind": _KINDS.get(raw.get("category", ""), ""),
        },
    )


def _targets(raw: dict[str, str]) -> dict[str, float]:
    if raw["filtering"] == "UNRELATED":
        return {"about": 0.0}
    targets = {"about": 1.0, "alarm": float(raw["priority"] == "ALERT")}
    polarity = raw["polarity"].lower()
    if polarity in STANCES:
        targets |= stance(polarity)
    return targets | _from_topic(raw, polarity)


def _from_topic(raw: dict[str, str], polarity: str) -> dict[str, float]:
    topic = topics().get((raw["brand"], raw["topic"].strip()))
    if topic is not None and polarity == "negative":
        known = harms(topic.harms) | severity(topic.severity)
        return known | {"complaint": float(topic.complaint)}
    if polarity == "neutral":
        return {name: value for name, value in calm().items() if name != "alarm"}
    if polarity == "positive":
        skip = ("alarm", _PRAISE)
        return {name: value for name, value in calm().items() if name not in skip}
    return {}


@cache
def topics() -> dict[tuple[str, str], Topic]:
    """Topics of the training brands with what they allege, as mapped by hand."""
    text = resources.files("models.train.data").joinpath("replab_topics.csv").read_text("utf-8")
    return {
        (row["brand"], row["topic"]): Topic(
            harms=tuple(row["harms"].split()),
            severity=int(row["severity"]),
            complaint=row["complaint"] == "1",
        )
        for row in csv.DictReader(text.splitlines())
    }
