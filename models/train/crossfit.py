"""Probabilities of brands that calibrate the model, each from a fit that never saw the brand.

What ships is fitted on all of them; a brand it was fitted on would flatter it. Ranks do not hang
on a calibration: they are those of what ships.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import expit

from models.train import calibrate, held
from models.train.answers import Answers
from models.train.calibrate import Floats
from models.train.measured import Measured
from models.train.rows import Row


def without_its_brand(
    own: Answers, measured: Measured, rows: Sequence[Row], logits: Mapping[str, Floats]
) -> Answers:
    """The answers with `held.COLUMNS` calibrated anew for each group that is among the `rows`.

    `logits` holds by column one raw output per row.
    """
    places = {row.reading: place for place, row in enumerate(rows)}
    scores = {name: column.copy() for name, column in own.scores.items()}
    same = [n for n, reading in enumerate(measured.readings) if reading in places]
    for group in dict.fromkeys(measured.groups[n] for n in same):
        asked = [n for n in same if measured.groups[n] == group]
        found = [places[measured.readings[n]] for n in asked]
        kept = [place for place, row in enumerate(rows) if row.group != group]
        for name in held.COLUMNS:
            slope, offset = calibrate.column(name, [rows[n] for n in kept], logits[name][kept])
            scores[name][asked] = expit(slope * logits[name][np.array(found)] + offset)
    ranks = {name: own.scores[name] for name in held.COLUMNS}
    return replace(own, scores=scores, ranks=ranks)
