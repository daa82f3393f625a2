"""What a brand's own stream adds to relevance: `about` as read, and moved to the share so far.

The mentions of RepLab's `dev` brands, in the order of the corpus, as the daemon would take them
(`monitor.core.shares`). Each brand is calibrated without itself. ALERT is ranked by the product of
`about` and `alarm`, as a leader would be shown it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score
from tabulate import tabulate

from models.train import calibrate, held
from models.train.build import scores
from models.train.commands import corpora_parser
from models.train.corpus import split
from models.train.rows import Row
from monitor.config.freeze import shipped_model
from monitor.core.shares import ENOUGH, Shares

Floats = NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = corpora_parser("models.train.measure_shares", __doc__)
    parser.add_argument("model", type=Path, nargs="?", default=shipped_model())
    options = parser.parse_args(arguments)
    show(options.data, options.model)


def show(folder: Path, model: Path) -> None:
    """Print relevance and ALERT with and without the shares."""
    parts = split(folder)
    branded = held.branded(parts)
    rows = held.rows(parts, folder, clean=False)
    dev = range(len(branded), len(rows))
    read = scores(model, rows)
    about = without_its_brand(rows, read["about"], dev)
    alarm = expit(read["alarm"][dev.start :])
    moved = in_stream([rows[n].group for n in dev], about)
    of = [rows[n] for n in dev]
    lines = in_stream([rows[n].group for n in dev], about, least=ENOUGH)
    ways = {"each alone": about, "the daemon": moved, "score text": lines}
    found = [{"": name} | line(of, way, alarm) for name, way in ways.items()]
    print(tabulate(found, headers="keys"))


def without_its_brand(rows: Sequence[Row], logits: Floats, asked: Sequence[int]) -> Floats:
    """`about` of the rows asked for, each from a calibration that never saw its brand."""
    groups = dict.fromkeys(rows[n].group for n in asked)
    fits = {group: _without(group, rows, logits) for group in groups}
    return np.array([_probability(logits[n], *fits[rows[n].group]) for n in asked])


def _without(group: str, rows: Sequence[Row], logits: Floats) -> tuple[float, float]:
    kept = [n for n, row in enumerate(rows) if row.group != group]
    return calibrate.column("about", [rows[n] for n in kept], logits[kept])


def _probability(logit: float, slope: float, offset: float) -> float:
    return float(expit(slope * logit + offset))


def in_stream(groups: Sequence[str], about: Floats, *, least: int = 0) -> Floats:
    """Each probability moved to what its brand's name stood for until then.

    `least`: mentions of a brand before any is moved.
    """
    shares: Shares[str] = Shares(least=least)
    return np.array([shares.heard(*each) for each in zip(groups, about.tolist(), strict=True)])


def line(rows: Sequence[Row], about: Floats, alarm: Floats) -> dict[str, Any]:
    """The figures of one way of reading."""
    related = [n for n, row in enumerate(rows) if "about" in row.targets]
    judged = [n for n, row in enumerate(rows) if "alarm" in row.targets]
    truth = [rows[n].targets["about"] for n in related]
    grave = np.array([rows[n].targets["alarm"] for n in judged])
    return {
        "texts": len(related),
        "relevance macro-F1": round(_macro_f1(truth, about[related]), 3),
        "relevance AUC": round(float(roc_auc_score(truth, about[related])), 3),
        "ALERT AP": round(float(average_precision_score(grave, (about * alarm)[judged])), 3),
        "ALERT kept": round(float((about[judged][grave == 1] >= 0.5).mean()), 3),
    }


def _macro_f1(truth: Sequence[float], about: Floats) -> float:
    return float(f1_score(truth, about >= 0.5, average="macro"))


if __name__ == "__main__":
    main()
