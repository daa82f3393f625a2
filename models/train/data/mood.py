"""Anger and ordinary chatter: outrage, and what must stay calm. No brand is named in them.

Such a text is paired with a brand it does not speak of: so it is not about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.train.data.files import clean, csv_rows
from models.train.rows import Row, calm, share
from monitor.core.types import Reading

_CALM = frozenset(
    (
        "neutral",
        "amusement",
        "joy",
        "gratitude",
        "admiration",
        "approval",
        "curiosity",
        "excitement",
        "love",
        "optimism",
        "surprise",
        "realization",
        "desire",
        "pride",
        "relief",
    )
)
_ANGRY = frozenset(("anger", "disgust"))


def comments(folder: Path, *, angry: float = 0.35, quiet: float = 0.06) -> Iterator[Row]:
    """Reddit comments: anger and disgust are outrage, the friendly ones are calm."""
    for raw in csv_rows(folder / "comments.csv.gz"):
        labels = frozenset(raw["labels"].split("|"))
        if labels & _ANGRY and share(raw["id"]) < angry:
            yield _row("goemotions", raw["text"], {"outrage": 1.0})
        elif labels <= _CALM and share(raw["id"]) < quiet:
            yield _row("goemotions", raw["text"], calm())


def emotions(folder: Path, *, kept: float = 0.35) -> Iterator[Row]:
    """Tweets by emotion: joy and optimism are calm; anger on Twitter is often only mood."""
    for raw in csv_rows(folder / "emotion.csv"):
        if raw["label"] in ("joy", "optimism", "sadness") and share(raw["text"]) < kept:
            yield _row("tweeteval", raw["text"], calm())


def headlines(folder: Path, *, kept: float = 0.02) -> Iterator[Row]:
    """Clickbait: advertising tone, nobody is accused."""
    for raw in csv_rows(folder / "headlines.csv"):
        if raw["clickbait"] == "1" and share(raw["headline"]) < kept:
            yield _row("clickbait", raw["headline"], calm(), source="news")


def _row(origin: str, text: str, targets: dict[str, float], *, source: str = "") -> Row:
    return Row(
        origin=origin,
        group=f"{origin}:{share(text):.3f}",
        reading=Reading(brand="", description="", text=clean(text), source=source),
        targets=targets,
        weight=0.5,
    )
