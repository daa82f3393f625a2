"""Labels given for this project to texts of the corpora, by the label guide.

`hand_labels.csv` holds keys of texts, not the texts: a label applies where the corpus is
there. None of them is a text of `incident_dev`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib import resources

from models.train.data.files import TEXTS
from models.train.rows import Row, harms, severity, stance, text_key
from monitor.core.types import Reading

#: Texts labelled one by one count more than those labelled by a rule.
WEIGHT = 2.0


def labels(origin: str) -> dict[str, list[dict[str, str]]]:
    """Labels of one corpus by text key; a text may be labelled for two brands."""
    text = resources.files("models.train.data").joinpath("hand_labels.csv").read_text("utf-8")
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["origin"] == origin:
            found.setdefault(row["key"], []).append(row)
    return found


def rows(origin: str, texts: Iterator[str], *, left_out: Collection[str] = ()) -> Iterator[Row]:
    """The labelled ones among `texts`, but for the brands that are left out."""
    known = labels(origin)
    for text in texts:
        for label in known.get(text_key(text), ()):
            if label["brand"] not in left_out:
                yield _row(origin, text, label)


def _row(origin: str, text: str, label: dict[str, str]) -> Row:
    reading = Reading(
        brand=label["brand"],
        description=label["description"],
        text=text,
        source=TEXTS[origin].source,
    )
    return Row(
        origin=origin,
        group=f"{origin}:{text_key(text)}",
        reading=reading,
        targets={"about": 1.0} | targets(label),
        weight=WEIGHT,
    )


def targets(label: dict[str, str]) -> dict[str, float]:
    """Columns of one hand-labelled text."""
    plain = {name: float(label[name]) for name in ("alarm", "complaint", "outrage", "firsthand")}
    harmful = harms(label["harms"].split()) | severity(int(label["severity"]))
    return stance(label["stance"]) | plain | harmful


def relabelled(row: Row, known: dict[str, list[dict[str, str]]]) -> Row:
    """A row of a labelled corpus with the missing columns added by hand.

    Where the hand says alarm and the experts do not, alarm is left open.
    """
    given = known.get(text_key(row.reading.text), ())
    label = next((each for each in given if each["brand"] == row.reading.brand), None)
    if label is None:
        return row
    merged = targets(label) | {"alarm": row.targets.get("alarm", 0.0)}
    if label["alarm"] == "1" and not merged["alarm"]:
        del merged["alarm"]
    return replace(row, targets={"about": 1.0} | merged, weight=WEIGHT)
