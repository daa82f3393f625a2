"""What the model must beat: TF-IDF of one and two words with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from models.train.rows import STANCES, Row


class Rival:
    """Balanced classes, default strength, as in the README of RepLab 2013; one per set of rows."""

    def __init__(self, rows: Sequence[Row], *, vectoriser: TfidfVectorizer, features: Any) -> None:
        self._rows = rows
        self._vectoriser = vectoriser
        self._features = features

    @classmethod
    def fitted(cls, rows: Sequence[Row]) -> Self:
        """Learn the words of all `rows`; the heads are fitted when asked for."""
        vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        features = vectoriser.fit_transform([row.reading.text for row in rows])
        return cls(rows, vectoriser=vectoriser, features=features)

    def probabilities(self, column: str, texts: Sequence[str]) -> NDArray[np.float64]:
        """Of `texts`, from the rows that label `column`."""
        kept = self._labelled(column)
        labels = [self._rows[place].targets[column] for place in kept]
        model = _regression().fit(self._features[kept], labels)
        both = model.predict_proba(self._vectoriser.transform(texts))
        found: NDArray[np.float64] = both[:, list(model.classes_).index(1.0)]
        return found

    def stances(self, texts: Sequence[str]) -> list[str]:
        """Of `texts`, the likeliest by the rows that label stance."""
        kept = self._labelled(STANCES[0])
        labels = [max(STANCES, key=self._rows[place].targets.__getitem__) for place in kept]
        model = _regression().fit(self._features[kept], labels)
        return [str(each) for each in model.predict(self._vectoriser.transform(texts))]

    def _labelled(self, column: str) -> list[int]:
        return [place for place, row in enumerate(self._rows) if column in row.targets]


def _regression() -> LogisticRegression:
    return LogisticRegression(class_weight="balanced", max_iter=1000, tol=1e-3)
