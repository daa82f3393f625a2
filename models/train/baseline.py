"""What the model must beat: TF-IDF of one and two words with logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from models.train.rows import STANCES, Row


def fitted(texts: Sequence[str], labels: Sequence[object]) -> Pipeline:
    """Balanced classes, default strength, as in the README of RepLab 2013."""
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    return pipeline.fit(texts, labels)


def probabilities(rows: Sequence[Row], column: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """Of `texts`, by a baseline trained on the rows that label `column`."""
    known = [row for row in rows if column in row.targets]
    labels = [row.targets[column] for row in known]
    model = fitted([row.reading.text for row in known], labels)
    found: NDArray[np.float64] = model.predict_proba(texts)[:, list(model.classes_).index(1.0)]
    return found


def stances(rows: Sequence[Row], texts: Sequence[str]) -> list[str]:
    """Of `texts`, by a baseline trained on the rows that label stance."""
    known = [row for row in rows if STANCES[0] in row.targets]
    labels = [max(STANCES, key=row.targets.__getitem__) for row in known]
    return [
        str(each) for each in fitted([row.reading.text for row in known], labels).predict(texts)
    ]
