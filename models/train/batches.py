"""Rows to tensors, in batches of like length. Knows no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.train.rows import COLUMNS, Row
from monitor.adapters.classifier import Encoder, Tokens

#: Batches sorted by length at a time: like lengths meet, yet the order stays random.
_POOL = 50
#: Lengths are padded to multiples of this.
_STEP = 16
_UNREAD = (float("nan"),) * len(COLUMNS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Padded inputs of shape (n, longest) and labels of shape (n, columns)."""

    input_ids: Tensor
    token_type_ids: Tensor
    attention_mask: Tensor
    targets: Tensor
    known: Tensor
    weights: Tensor
    #: The teacher's outputs, shape (n, columns); NaN in rows that it has not read.
    soft: Tensor


def batches(
    rows: Sequence[Row], encoder: Encoder, *, size: int, random: Random | None = None
) -> Iterator[Batch]:
    """All rows once; shuffled with `random`, in the given order without it."""
    order = list(range(len(rows)))
    if random is not None:
        random.shuffle(order)
    for start in range(0, len(order), size * _POOL):
        pool = [
            (encoder.encode(rows[i].reading), rows[i]) for i in order[start : start + size * _POOL]
        ]
        if random is not None:
            pool.sort(key=lambda pair: len(pair[0].ids))
        cuts = list(range(0, len(pool), size))
        if random is not None:
            random.shuffle(cuts)
        yield from (batch(pool[cut : cut + size]) for cut in cuts)


def batch(pairs: Sequence[tuple[Tokens, Row]]) -> Batch:
    """One batch, padded to its longest input, rounded up."""
    inputs = [tokens for tokens, _ in pairs]
    rows = [row for _, row in pairs]
    longest = _rounded(max(len(tokens.ids) for tokens in inputs))
    return Batch(
        input_ids=_padded([tokens.ids for tokens in inputs], longest),
        token_type_ids=_padded([tokens.segments for tokens in inputs], longest),
        attention_mask=_padded([(1,) * len(tokens.ids) for tokens in inputs], longest),
        targets=torch.tensor([[row.targets.get(name, 0.0) for name in COLUMNS] for row in rows]),
        known=torch.tensor([[float(name in row.targets) for name in COLUMNS] for row in rows]),
        weights=torch.tensor([row.weight for row in rows]),
        soft=torch.tensor([row.soft or _UNREAD for row in rows]),
    )


def _rounded(length: int) -> int:
    """Few different shapes: the matrix library compiles its kernels anew for each."""
    return -(-length // _STEP) * _STEP


def _padded(lists: Sequence[Sequence[int]], length: int) -> Tensor:
    return torch.tensor([[*each, *[0] * (length - len(each))] for each in lists])
