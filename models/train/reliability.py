"""Of those given 0.8, how many came true: reliability curves and the error they add up to.

Guo et al. (2017), On calibration of modern neural networks; bins of equal count after Nguyen &
O'Connor (2015). Draws nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Rows of like probability: what was said of them on average, and what share came true."""

    said: float
    came: float
    n: int


def equal_width(probability: Floats, bins: int = BINS) -> Places:
    """Bin of each row: 0 to 0.1, 0.1 to 0.2 and so on."""
    return _places(probability * bins, bins)


def equal_count(probability: Floats, bins: int = BINS) -> Places:
    """Bin of each row, so that each holds about as many; equal probabilities stay together."""
    middle = (rankdata(probability) - 0.5) / len(probability)
    return _places(middle * bins, bins)


def _places(scaled: Floats, bins: int) -> Places:
    places: Places = np.minimum(scaled.astype(np.int64), bins - 1)
    return places


def curve(probability: Floats, truth: Floats, places: Places) -> tuple[Bin, ...]:
    """The bins that hold a row, from the lowest probability up."""
    return tuple(
        Bin(
            said=round(float(probability[places == each].mean()), 4),
            came=round(float(truth[places == each].mean()), 4),
            n=int((places == each).sum()),
        )
        for each in np.unique(places)
    )


def curves(probability: Floats, truth: Floats) -> dict[str, list[dict[str, float]]]:
    """Both kinds of bins, as they are written down."""
    kinds = {"equal_width": equal_width, "equal_count": equal_count}
    return {
        name: [asdict(each) for each in curve(probability, truth, places(probability))]
        for name, places in kinds.items()
    }


def error(probability: Floats, truth: Floats, places: Places, weights: Floats) -> Floats:
    """Expected calibration error, one for each row of `weights` (weightings, rows)."""
    inside = places[:, None] == np.arange(places.max() + 1)
    gaps = np.abs(weights @ (inside * (probability - truth)[:, None])).sum(axis=1)
    return np.asarray(gaps / weights.sum(axis=1), dtype=np.float64)


def calibration_error(
    probabilities: Floats, truth: Floats, *, bins: int = BINS, adaptive: bool = False
) -> float:
    """Expected calibration error; the bins are of equal width or, adaptive, of equal count.

    Naeini, Cooper & Hauskrecht (2015).
    """
    places = (equal_count if adaptive else equal_width)(probabilities, bins)
    return float(error(probabilities, truth, places, np.ones((1, len(truth))))[0])
