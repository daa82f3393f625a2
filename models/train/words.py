"""The words of a text as a second voice on its harms, beside the network's.

A harm of which few texts are labelled is told by its words ("rude", "boycott") better than by a
network whose teacher hardly ever named it. A logistic regression for each harm reads which tokens
a text holds; a share of its log-odds becomes part of the network: Cheng et al. (2016), Wide & deep
learning. Of an average text nothing is said. Trains no other weight, and no other head: there it
gained nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
#: More of it for those that the network tells worse than a list of keywords does; there a plateau
#: from .75 to 1.25 for both.
SHARES: Final[Mapping[str, float]] = {"harm_boycott": 0.75, "harm_mistreatment": 0.75}
#: Inverse of the strength of the penalty.
_LOOSENESS: Final = 10.0


def added(reader: Reader, rows: Sequence[Row], encoder: Encoder) -> Reader:
    """`reader`, changed in place: it says what the words of `rows` say of each harm.

    What words said before is replaced; the mean over `rows` stays as it was.
    """
    inputs = [encoder.encode(row.reading) for row in rows]
    counted = counts(inputs, reader.words.num_embeddings)
    said = torch.from_numpy(fitted(rows, counted) * shares()).float()
    usual = torch.from_numpy(counted.mean(axis=0)).float()
    with torch.no_grad():
        reader.heads.bias[-len(HARM_COLUMNS) :] += usual @ (reader.words.weight - said)
        reader.words.weight.copy_(said)
    return reader


def shares() -> Floats:
    """How much of the log-odds of each harm is added, shape (harms)."""
    return np.array([SHARES.get(name, SHARE) for name in HARM_COLUMNS])


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


def fitted(rows: Sequence[Row], counted: csr_array) -> Floats:
    """Log-odds of each harm for each token, shape (vocabulary, harms); 0 for a harm never seen."""
    return np.stack([_regression(name, rows, counted) for name in HARM_COLUMNS], axis=1)


def _regression(name: str, rows: Sequence[Row], counted: csr_array) -> Floats:
    known = [place for place, row in enumerate(rows) if name in row.targets]
    truth = [rows[place].targets[name] > 0.5 for place in known]
    if len(set(truth)) < 2:
        return np.zeros(counted.shape[1])
    model = LogisticRegression(C=_LOOSENESS, max_iter=300).fit(counted[known], truth)
    weights: Floats = model.coef_[0]
    return weights
