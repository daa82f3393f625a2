"""Texts that train nothing, so that an unseen domain and a later time can be measured.

`keys` names what training leaves out beside the tuning set. Without that the splits built here
would be of texts, firms or events the model was trained on, and `evaluate` does not show them:
it looks for their rows among those that train, and in the settings of the model for `LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from models.train.data import held_out, service
from models.train.data.files import clean, csv_rows, json_lines
from models.train.data.held_out import Judged
from models.train.rows import Row

#: Domains of X-CI that train nothing: the one hardest for the reference, and the largest.
DOMAINS: Final = ("food", "services")
#: Guardian headlines from this day on train nothing.
LATE: Final = "2018-10-01"
#: What the settings of a model say (`apart`) whose training left these out.
LEFT_OUT: Final = {"domains": list(DOMAINS), "headlines_from": LATE}
#: What an unnamed firm is called; in use a brand is always known.
_UNNAMED = "the company"


def keys(data: Path) -> frozenset[str]:
    """Keys of all such texts and of their beginnings."""
    texts = (*_of_domains(data), *_late(data))
    return frozenset(key for text in texts for key in held_out.text_keys(text))


def _of_domains(data: Path) -> Iterator[str]:
    for raw in csv_rows(data / "xci_complaints" / "xci.csv"):
        if raw["domain"] in DOMAINS:
            yield clean(raw["text"])


def _late(data: Path) -> Iterator[str]:
    for raw in csv_rows(data / "guardian_business" / "headlines.csv"):
        if raw["date"] >= LATE:
            yield clean(raw["headline"])


def complaints(data: Path) -> list[Row]:
    """X-CI rows of the domains that are kept apart, complaint or not."""
    texts = frozenset(_of_domains(data))
    rows = (row for row in service.xci(data / "xci_complaints") if row.reading.text in texts)
    return [
        replace(row, reading=replace(row.reading, brand=row.reading.brand or _UNNAMED))
        for row in rows
    ]


def late_headlines(data: Path) -> list[Judged]:
    """Items of the tuning set that are Guardian headlines from `LATE` on."""
    folder = data / "incident_dev"
    dated = zip(json_lines(folder / "items.jsonl"), held_out.incident_dev(folder), strict=True)
    return [
        judged
        for raw, judged in dated
        if raw["origin"] == "guardian_business" and raw["date"] >= LATE
    ]
