"""The words of a text as a second voice on its harms, beside the network's.

A harm of which few texts are labelled is told by its words ("rude", "boycott") better than by a
network whose teacher hardly ever named it. A logistic regression for each harm reads which tokens
a text holds; a share of its log-odds becomes part of the network: Cheng et al. (2016), Wide & deep
learning. Trains no other weight, and no other head: there it gained nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from models.train.network import Reader
from models.train.rows import HARM_COLUMNS, Row
from monitor.adapters.encoder import Encoder, Tokens

Floats = NDArray[np.float64]
#: How much of the words' log-odds is added: on `incident_dev` a plateau from .15 to .4.
SHARE: Final = 0.25
#: Inverse of the strength of the penalty.
_LOOSENESS: Final = 10.0


def added(reader: Reader, rows: Sequence[Row], encoder: Encoder) -> Reader:
    """`reader`, changed in place: what the words of `rows` say of each harm is added to it."""
    inputs = [encoder.encode(row.reading) for row in rows]
    weights, offsets = fitted(rows, counts(inputs, reader.words.num_embeddings))
    with torch.no_grad():
        reader.words.weight.copy_(torch.from_numpy(SHARE * weights))
        reader.heads.bias[-len(HARM_COLUMNS) :] += torch.from_numpy(SHARE * offsets)
    return reader


def counts(inputs: Sequence[Tokens], vocabulary: int) -> csr_array:
    """How often each token is in each text, by the root of its length; (texts, vocabulary).

    Tokens that the brand's own name or description holds count nothing: no firm is to be guilty
    by name.
    """
    found = [(row, token, share) for row, each in enumerate(inputs) for token, share in _own(each)]
    rows, tokens, shares = zip(*found, strict=True) if found else ((), (), ())
    return csr_array((shares, (rows, tokens)), shape=(len(inputs), vocabulary))


def _own(tokens: Tokens) -> list[tuple[int, float]]:
    both = list(zip(tokens.ids, tokens.segments, strict=True))
    subject = {token for token, segment in both if not segment}
    share = 1.0 / sqrt(max(1, sum(tokens.segments)))
    return [(token, share) for token, segment in both if segment and token not in subject]


def fitted(rows: Sequence[Row], counted: csr_array) -> tuple[Floats, Floats]:
    """Weights of shape (vocabulary, harms) and offsets (harms); 0 for a harm never seen."""
    each = [_regression(name, rows, counted) for name in HARM_COLUMNS]
    return np.stack([weights for weights, _ in each], axis=1), np.array([o for _, o in each])


def _regression(name: str, rows: Sequence[Row], counted: csr_array) -> tuple[Floats, float]:
    known = [place for place, row in enumerate(rows) if name in row.targets]
    truth = [rows[place].targets[name] > 0.5 for place in known]
    if len(set(truth)) < 2:
        return np.zeros(counted.shape[1]), 0.0
    model = LogisticRegression(C=_LOOSENESS, max_iter=300).fit(counted[known], truth)
    return model.coef_[0], float(model.intercept_[0])
