"""VADER (Hutto & Gilbert 2014) as a baseline: general sentiment, which knows no brand.

What is bad counts as alarm, complaint and outrage alike; it has no harms and no severity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from models.train.answers import Answers
from monitor.core.types import Reading

#: A compound score beyond this is positive or, below its negative, negative: as its authors say.
CUT = 0.05
_BAD = ("alarm", "complaint", "outrage")


def answers(readings: Sequence[Reading]) -> Answers:
    """Of stance, and of the heads that badness may stand for."""
    analyser = SentimentIntensityAnalyzer()
    compound = np.array([analyser.polarity_scores(each.text)["compound"] for each in readings])
    return Answers(
        scores=dict.fromkeys(_BAD, badness(compound)),
        probable=False,
        stances=tuple(stance(float(each)) for each in compound),
    )


def badness(compound: NDArray[np.float64]) -> NDArray[np.float64]:
    """The compound score turned over; 0.5 or more where VADER says negative."""
    return (1 - CUT - compound) / 2


def stance(compound: float) -> str:
    """By the usual cuts."""
    if compound >= CUT:
        return "positive"
    return "negative" if compound <= -CUT else "neutral"
