"""What the model must beat: logistic regression on words, or on vectors of a frozen encoder.

Each learns from exactly the rows that trained the model. Classes are balanced, the strength is
the default, nothing is tuned, as in the README of RepLab 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from models.train.answers import Answers
from models.train.rows import BINARY, HARM_COLUMNS, LEVELS, STANCES, Row
from monitor.core.reading import expected_level
from monitor.core.types import Reading

Floats = NDArray[np.float64]
#: Regressions fitted side by side.
_THREADS = 2
#: Readings to one row of features each, an array or a sparse matrix.
Features = Callable[[Sequence[Reading]], Any]


def words(rows: Iterable[Row]) -> Features:
    """TF-IDF of one and two words, learnt from `rows`; of the text alone."""
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    vectoriser.fit([row.reading.text for row in rows])

    def features(readings: Sequence[Reading]) -> Any:
        return vectoriser.transform([reading.text for reading in readings])

    return features


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """One regression for each column that the rows label both ways."""

    name: str
    rows: Sequence[Row]
    features: Features
    known: Any

    @classmethod
    def of(cls, name: str, rows: Sequence[Row], features: Features) -> Self:
        """`name` is shown while it learns, which takes minutes on all rows."""
        known = features([row.reading for row in rows])
        return cls(name=name, rows=rows, features=features, known=known)

    def answers(self, readings: Sequence[Reading], heads: Sequence[str]) -> Answers:
        """Of the `heads` asked for; one that the rows do not label is missing."""
        asked = self.features(readings)
        columns = [name for name in _columns(heads) if self._both_ways(name)]
        with ThreadPoolExecutor(_THREADS) as pool:
            scores = pool.map(lambda name: self._scores(name, asked), columns)
            bar = tqdm(scores, desc=self.name, total=len(columns), disable=None, leave=False)
            found = dict(zip(columns, bar, strict=True))
        levels = [found.pop(name) for name in LEVELS if name in found]
        severity = [expected_level(each) for each in zip(*levels, strict=True)]
        return Answers(
            scores=found,
            stances=self._stances(asked) if "stance" in heads else (),
            severity=np.array(severity) if len(levels) == len(LEVELS) else None,
        )

    def _labelled(self, column: str) -> list[int]:
        return [place for place, row in enumerate(self.rows) if column in row.targets]

    def _both_ways(self, column: str) -> bool:
        return len({row.targets.get(column) for row in self.rows} - {None}) > 1

    def _scores(self, column: str, asked: Any) -> Floats:
        kept = self._labelled(column)
        labels = [self.rows[place].targets[column] for place in kept]
        model = _regression().fit(self.known[kept], labels)
        found: Floats = model.predict_proba(asked)[:, 1]
        return found

    def _stances(self, asked: Any) -> tuple[str, ...]:
        kept = self._labelled(STANCES[0])
        labels = [max(STANCES, key=self.rows[place].targets.__getitem__) for place in kept]
        model = _regression().fit(self.known[kept], labels)
        return tuple(str(each) for each in model.predict(asked))


def _columns(heads: Sequence[str]) -> list[str]:
    several = {"severity": LEVELS, "harms": HARM_COLUMNS}
    return [
        column for head in heads for column in several.get(head, (head,) if head in BINARY else ())
    ]


def _regression() -> LogisticRegression:
    return LogisticRegression(class_weight="balanced", max_iter=1000, tol=1e-3)
