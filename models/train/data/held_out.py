"""What is measured on and therefore never trained on: the tuning set of real incidents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.train.data.files import clean, json_lines
from models.train.rows import BINARY, STANCES, text_key
from monitor.core.types import HARMS, Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A text with what both annotators agree on; a field where they differ is missing."""

    reading: Reading
    gold: dict[str, Any]


def incident_dev(folder: Path) -> list[Judged]:
    """The items of the tuning set; `gold["harms"]` is missing unless the lists are equal."""
    first, second = (
        {raw["id"]: raw for raw in json_lines(folder / f"annotator_{number}.jsonl")}
        for number in (1, 2)
    )
    return [
        Judged(reading=_reading(raw), gold=_agreed(first[raw["id"]], second[raw["id"]]))
        for raw in json_lines(folder / "items.jsonl")
    ]


def _reading(raw: dict[str, Any]) -> Reading:
    source = {"guardian_business": "news", "ba_reviews": "review"}.get(raw["origin"], "")
    return Reading(
        brand=raw["brand"], description=raw["description"], text=clean(raw["text"]), source=source
    )


def _agreed(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    gold = {name: one[name] for name in (*BINARY, "stance", "severity") if one[name] == two[name]}
    if sorted(one["harms"]) == sorted(two["harms"]):
        gold["harms"] = frozenset(one["harms"])
    return gold


def keys(folder: Path) -> frozenset[str]:
    """Keys of the tuning texts and of their beginnings, to leave them out elsewhere."""
    texts = [judged.reading.text for judged in incident_dev(folder)]
    return frozenset(key for text in texts for key in text_keys(text))


def text_keys(text: str) -> frozenset[str]:
    """Key of a text and of its beginning."""
    return frozenset((text_key(text), head_key(text)))


def head_key(text: str) -> str:
    """Key of a text's first words: a text cut elsewhere is still found."""
    return text_key(text[:80])


__all__ = ["HARMS", "STANCES", "Judged", "head_key", "incident_dev", "keys", "text_keys"]
