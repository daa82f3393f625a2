"""Measures a growth model on the latest part of each set, beside persistence and median growth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from models.train.growth.cascades import FARTHEST, Cascade, Moment, Parts, seen
from models.train.growth.fit import thresholds
from models.train.reliability import calibration_error
from monitor.core.curve import Array
from monitor.core.growth import LEAST, GrowthModel, GrowthScore, score

#: How sure it is that stories are everyday ones.
KINDS = {"mixed": 0.0, "everyday": 1.0}
AGES = {"5 min": 300, "15 min": 900, "30 min": 1800, "1 h": 3600, "3 h": 10800, "6 h": 21600}


def growth_table(model: GrowthModel, sets: Mapping[str, Parts]) -> list[dict[str, Any]]:
    """Final size after a week, forecast at each age; stories of five mentions or more apart."""
    return [
        {"set": name, "age": age, "mentions": label} | _errors(model, rows, parts.fit, seconds)
        for name, parts in sets.items()
        for age, seconds in AGES.items()
        for label, rows in _by_size(parts.late, seconds)
        if len(rows) >= 10
    ]


def _by_size(cascades: Sequence[Cascade], age: float) -> Iterator[tuple[str, list[Moment]]]:
    rows = [seen(cascade, age=age, horizon=FARTHEST) for cascade in cascades]
    yield f"{LEAST} or more", [row for row in rows if row.curve.count >= LEAST]
    yield f"under {LEAST}", [row for row in rows if row.curve.count < LEAST]


def _errors(
    model: GrowthModel, rows: Sequence[Moment], past: Sequence[Cascade], age: float
) -> dict[str, Any]:
    now, final = (
        np.array(each) for each in zip(*((r.curve.count, r.final) for r in rows), strict=True)
    )
    usual = np.median(
        [m.final / m.curve.count for m in (seen(c, age=age, horizon=FARTHEST) for c in past)]
    )
    figures: dict[str, Any] = {
        "rows": len(rows),
        "persistence": _median_error(now, final),
        "median growth": _median_error(now * usual, final),
    }
    for kind, everyday in KINDS.items():
        found = [score(row.curve, model, threshold=None, everyday=everyday) for row in rows]
        figures[kind] = _median_error(np.array([each.p50 for each in found]), final)
        figures |= {f"{kind} {name}": each for name, each in covered(found, final).items()}
    return figures


def _median_error(forecast: Array, final: Array) -> float:
    return round(float(np.median(np.abs(forecast - final) / final)), 3)


def covered(found: Sequence[GrowthScore], final: Array) -> dict[str, Any]:
    """Share of finals within the interval as it is given, not rounded, and its usual ratio."""
    low, high = (np.array([getattr(each, end) for each in found]) for end in ("p10", "p90"))
    ratio = np.median([each.p90 / each.p10 for each in found])
    inside = np.mean((final >= low) & (final <= high))
    return {"coverage": round(float(inside), 3), "high/low": round(float(ratio), 2)}


def overall(model: GrowthModel, rows: Sequence[Moment], *, everyday: float) -> dict[str, Any]:
    """Coverage over moments drawn as in training."""
    grown = [row for row in rows if row.curve.count >= LEAST]
    found = [score(row.curve, model, threshold=None, everyday=everyday) for row in grown]
    return {"rows": len(grown)} | covered(found, np.array([row.final for row in grown]))


def viral_table(
    model: GrowthModel, name: str, rows: Sequence[Moment], rng: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """Brier score beside that of the base rate, and calibration error, small stories apart.

    `name` begins with that of one of `KINDS`.
    """
    parts = {
        f"{name}, small": [row for row in rows if row.curve.count < LEAST],
        f"{name}, others": [row for row in rows if row.curve.count >= LEAST],
    }
    everyday = KINDS[name.split(",", maxsplit=1)[0]]
    return {
        part: reliability(model, each, rng, everyday=everyday)
        for part, each in parts.items()
        if each
    }


def reliability(
    model: GrowthModel, rows: Sequence[Moment], rng: np.random.Generator, *, everyday: float
) -> dict[str, Any]:
    pairs = [
        (model.viral(row.curve, wanted, everyday=everyday) or 0.0, float(row.final >= wanted))
        for row in rows
        for wanted in thresholds(row.curve, rng)
    ]
    said, came = (np.array(each) for each in zip(*pairs, strict=True))
    base = float(came.mean())
    return {
        "questions": len(pairs),
        "base rate": round(base, 4),
        "brier": round(float(np.mean((said - came) ** 2)), 4),
        "brier of base rate": round(base * (1 - base), 4),
        "calibration error": round(calibration_error(said, came), 4),
    }
