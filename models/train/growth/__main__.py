"""`python -m models.train.growth [--data DIR] [--out FILE]`: fit, measure, write, print."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from models.train.growth.cascades import Moment, Parts, auspol, ced, drawn, tideh
from models.train.growth.fit import fitted
from models.train.growth.report import growth_table, overall, reliability, viral_table
from models.train.growth.top import top_table
from monitor.core.growth import GrowthModel

SEED = 20241
EACH = 8
#: Above it, no probability of going viral is given at all.
MOST_CALIBRATION_ERROR = 0.05


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("models/incident/growth.json"))
    options = parser.parse_args(argv)
    sets = {"ced": ced(options.data), "tideh": tideh(options.data), "auspol": auspol(options.data)}
    model = trained(sets)
    told = json.dumps(asdict(model), separators=(",", ":"), default=lambda array: array.tolist())
    options.out.write_text(f"{told}\n")
    show(model.card)


def trained(sets: Mapping[str, Parts]) -> GrowthModel:
    """The fitted model with its card; a probability that is not calibrated is left out.

    What is measured was fitted without the latest part; what ships moved a part forward in time:
    the same recipe, and the newest cascades calibrate it.
    """
    card = _measured(sets, np.random.default_rng(SEED))
    later = {
        name: replace(parts, fit=[*parts.fit, *parts.calibrate], calibrate=parts.late)
        for name, parts in sets.items()
    }
    shipped = _fitted(later, np.random.default_rng(SEED))
    return replace(
        shipped,
        card=card,
        viral=shipped.viral if _is_calibrated(card["viral"]["others"]) else (),
        viral_small=shipped.viral_small if _is_calibrated(card["viral"]["small"]) else (),
    )


def _fitted(sets: Mapping[str, Parts], rng: np.random.Generator) -> GrowthModel:
    rows = _pooled([parts.fit for parts in sets.values()], rng)
    held = _pooled([parts.calibrate for parts in sets.values()], rng)
    return fitted(rows, held, rng)


def _measured(sets: Mapping[str, Parts], rng: np.random.Generator) -> dict[str, Any]:
    model = _fitted(sets, rng)
    late = {name: drawn(parts.late, rng, each=EACH) for name, parts in sets.items()}
    pooled = [row for moments in late.values() for row in moments]
    return {
        "growth": growth_table(model, sets),
        "coverage": {name: overall(model, moments) for name, moments in late.items()}
        | {"all": overall(model, pooled)},
        "viral": viral_table(model, pooled, rng)
        | {"others, ced": _grown(model, late["ced"], rng)},
        "top": top_table(model, sets["ced"]),
    }


def _grown(model: GrowthModel, rows: Sequence[Moment], rng: np.random.Generator) -> dict[str, Any]:
    return reliability(model, [row for row in rows if row.curve.count >= 5], rng)


def _pooled(parts: Sequence[Sequence[Any]], rng: np.random.Generator) -> list[Moment]:
    return [row for cascades in parts for row in drawn(cascades, rng, each=EACH)]


def _is_calibrated(measured: Mapping[str, Any]) -> bool:
    return bool(measured["calibration error"] <= MOST_CALIBRATION_ERROR)


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
