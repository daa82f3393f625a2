"""`python -m models.train.growth`: fit the growth model, measure it, write it, print tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.train import commands
from models.train.growth.cascades import Parts, auspol, ced, drawn, replab, tideh
from models.train.growth.fit import MIXED, Moments, fitted
from models.train.growth.report import growth_table, overall, viral_table
from models.train.growth.top import top_table
from monitor.core.growth import LEAST, GrowthModel

SEED = 20241
EACH = 8
#: Of the few large cascades more moments: they are long.
EACH_LARGE = 30
#: Of so many moments one is asked how likely sizes are: eight questions each.
EACH_ASKED = 4
#: Above it, no probability of going viral is given at all.
MOST_CALIBRATION_ERROR = 0.05
#: Sets whose stories are taken for everyday ones: they tell followers, or are of brands.
EVERYDAY = ("tideh", "auspol", "replab")
#: Their late part is of brands on which other figures are measured: nothing ever learns of them.
APART = ("replab",)


def main(argv: Sequence[str] | None = None) -> None:
    parser = commands.parser("models.train.growth", __doc__)
    parser.add_argument("--data", type=Path, default=commands.DATA)
    parser.add_argument("--out", type=Path, default=Path("models/incident/growth.json"))
    options = parser.parse_args(argv)
    readers = {"ced": ced, "tideh": tideh, "auspol": auspol, "replab": replab}
    model = trained({name: read(options.data) for name, read in readers.items()})
    told = json.dumps(asdict(model), separators=(",", ":"), default=lambda array: array.tolist())
    options.out.write_text(f"{told}\n")
    show(model.card)


def trained(sets: Mapping[str, Parts]) -> GrowthModel:
    """The fitted model with its card; a probability that is not calibrated is left out.

    What is measured was fitted without the latest part; what ships moved a part forward in time:
    the same recipe, and the newest cascades calibrate it. Brands that are kept apart stay so.
    """
    card = measured(sets, np.random.default_rng(SEED))
    later = {
        name: parts
        if name in APART
        else replace(parts, fit=[*parts.fit, *parts.calibrate], calibrate=parts.late)
        for name, parts in sets.items()
    }
    shipped = fitted_on(later, np.random.default_rng(SEED))
    kinds = {"mixed": shipped.mixed, "everyday": shipped.everyday}
    told = {
        name: each if _is_calibrated(card["viral"], name) else replace(each, chance=None)
        for name, each in kinds.items()
    }
    return GrowthModel(**told, card=card)


def fitted_on(sets: Mapping[str, Parts], rng: np.random.Generator) -> GrowthModel:
    each = {name: EACH_LARGE if name == "tideh" else EACH for name in sets}
    rows = {name: drawn(parts.fit, rng, each=each[name]) for name, parts in sets.items()}
    held = {name: drawn(parts.calibrate, rng, each=EACH) for name, parts in sets.items()}
    return fitted(rows, held, rng)


def measured(sets: Mapping[str, Parts], rng: np.random.Generator) -> dict[str, Any]:
    """Every figure, of a model that saw nothing of the latest parts."""
    model = fitted_on(sets, rng)
    late = {name: drawn(parts.late, rng, each=EACH) for name, parts in sets.items()}
    known = {name: float(name in EVERYDAY) for name in sets}
    return {
        "growth": growth_table(model, sets),
        "coverage": {
            name: overall(model, rows, everyday=known[name]) for name, rows in late.items()
        },
        "viral": viral_tables(model, late, rng),
        "top": top_table(model, sets["ced"]),
    }


def viral_tables(
    model: GrowthModel, late: Moments, rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """Of either kind, small stories apart; of the large cascades by themselves as well."""
    late = {name: rows[::EACH_ASKED] for name, rows in late.items()}
    every = [row for name in MIXED for row in late[name]]
    everyday = [row for name in EVERYDAY for row in late[name]]
    grown = [row for row in late["ced"] if row.curve.count >= LEAST]
    return {
        **viral_table(model, "mixed", every, rng),
        **viral_table(model, "mixed, ced", grown, rng),
        **viral_table(model, "everyday", everyday, rng),
    }


def _is_calibrated(measured: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    return all(
        measured[f"{name}, {part}"]["calibration error"] <= MOST_CALIBRATION_ERROR
        for part in ("small", "others")
    )


def show(card: Mapping[str, Any]) -> None:
    """Print the tables of the card."""
    for table in ("growth", "top"):
        print(*card[table][0], sep="\t")
        for row in card[table]:
            print(*row.values(), sep="\t")
    for part in ("coverage", "viral"):
        for name, values in card[part].items():
            print(part, name, *(f"{key} {value}" for key, value in values.items()), sep="\t")


if __name__ == "__main__":
    main()
