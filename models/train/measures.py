"""The figures of the card, from truths and probabilities. Knows no model and no corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    cohen_kappa_score,
    f1_score,
    roc_auc_score,
)

from models.train.calibrate import calibration_error

Floats = NDArray[np.float64]


def yes_no(truth: Sequence[float], probability: Sequence[float]) -> dict[str, float]:
    """Macro-F1 at 0.5, average precision, AUC and calibration error of one yes/no head."""
    y, p = np.asarray(truth, dtype=float), np.asarray(probability, dtype=float)
    return {
        "n": len(y),
        "base": float(y.mean()),
        "macro_f1": float(f1_score(y, p >= 0.5, average="macro", zero_division=0.0)),
        "average_precision": float(average_precision_score(y, p)),
        "auc": float(roc_auc_score(y, p)),
        "calibration_error": calibration_error(p, y),
    }


def choice(truth: Sequence[str], chosen: Sequence[str]) -> dict[str, float]:
    """Macro-F1 and accuracy of a head with several classes."""
    return {
        "n": len(truth),
        "macro_f1": float(f1_score(truth, chosen, average="macro", zero_division=0.0)),
        "accuracy": float(np.mean([a == b for a, b in zip(truth, chosen, strict=True)])),
    }


def several(
    truth: Sequence[frozenset[str]], probabilities: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """Micro-F1 at 0.5 over all names that may hold together."""
    names = sorted(probabilities[0])
    y = np.array([[name in held for name in names] for held in truth])
    p = np.array([[row[name] >= 0.5 for name in names] for row in probabilities])
    return {"n": len(y), "micro_f1": float(f1_score(y, p, average="micro", zero_division=0.0))}


def level(truth: Sequence[int], value: Sequence[float]) -> dict[str, float]:
    """Mean absolute error, and quadratic kappa of the value rounded."""
    y, v = np.asarray(truth), np.asarray(value)
    rounded = np.rint(v).astype(int)
    return {
        "n": len(y),
        "mean_error": float(np.abs(y - v).mean()),
        "kappa": float(cohen_kappa_score(y, rounded, weights="quadratic")),
    }
