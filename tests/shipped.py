"""What the shipped model says of short texts on invented brands; it is loaded once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from monitor.app import load_classifier
from monitor.config.freeze import shipped_model
from monitor.core.types import Reading, Verdict
from monitor.ports import Classifier


@cache
def classifier() -> Classifier:
    return load_classifier(shipped_model())


#: What the risk of a story begins to rise with.
HEARD = 0.3


def card() -> str:
    """Its model card, in one line."""
    return " ".join((shipped_model() / "README.md").read_text(encoding="utf-8").split())


def heard(texts: Iterable[tuple[str, str, str]]) -> list[str]:
    """Those that alarm it, of texts as `verdicts` takes them."""
    told = list(texts)
    read = zip(told, verdicts(told), strict=True)
    return [text for (_, _, text), verdict in read if verdict.alarm >= HEARD]


def verdicts(texts: Iterable[tuple[str, str, str]]) -> list[Verdict]:
    """Of texts, each with brand and description ("Zolt: phone maker"), source, and itself."""
    readings = [
        Reading(brand=name, description=kind, text=text, source=source)
        for about, source, text in texts
        for name, _, kind in [about.partition(": ")]
    ]
    return list(classifier().classify(readings))
