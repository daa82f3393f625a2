"""Unlabelled texts that name a brand of the labelled ones: only a teacher makes use of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from models.train.data.files import TEXTS, texts
from models.train.rows import Row
from monitor.core.types import Reading

#: Corpora that are read for this.
ORIGINS: Final = (
    "guardian_business",
    "hacker_news",
    "cyber_news",
    "utility_outage",
    "xci_complaints",
)
_WORD = re.compile(r"[\w&'\u2019.-]*\w")
_LONGEST = 3
_SHORTEST = 4


def rows(data: Path, origin: str, names: Collection[str]) -> Iterator[Row]:
    """One row for each text and each of `names` in it."""
    known = {name for name in names if len(name) >= _SHORTEST and name[:1].isupper()}
    for text in texts(data, origin):
        for name in named(text, known):
            reading = Reading(brand=name, description="", text=text, source=TEXTS[origin].source)
            yield Row(origin=origin, group=f"{origin}:{name.lower()}", reading=reading, targets={})


def named(text: str, names: Collection[str]) -> Iterable[str]:
    """The names that stand in a text as whole words, as they are written; each once."""
    words = _WORD.findall(text)
    runs = (
        " ".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, _LONGEST + 1)
    )
    return dict.fromkeys(run for run in runs if run in names)
