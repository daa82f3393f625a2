"""Rows to tensors, in batches of like length. Knows no model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.train.rows import COLUMNS, Row
from monitor.adapters.encoder import Encoder, Tokens

#: Batches sorted by length at a time: like lengths meet, yet the order stays random.
_POOL = 50
#: Lengths are padded to multiples of this: the matrix library compiles its kernels anew for each.
STEP = 16
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
    rows = [row for _, row in pairs]
    ids, segments, mask = padded([tokens for tokens, _ in pairs], step=STEP)
    return Batch(
        input_ids=ids,
        token_type_ids=segments,
        attention_mask=mask,
        targets=torch.tensor([[row.targets.get(name, 0.0) for name in COLUMNS] for row in rows]),
        known=torch.tensor([[float(name in row.targets) for name in COLUMNS] for row in rows]),
        weights=torch.tensor([row.weight for row in rows]),
        soft=torch.tensor([row.soft or _UNREAD for row in rows]),
    )


def padded(inputs: Sequence[Tokens], *, step: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, segments and mask, each of shape (inputs, longest); the length a multiple of `step`."""
    longest = -(-max(len(tokens.ids) for tokens in inputs) // step) * step

    def table(lists: Sequence[Sequence[int]]) -> Tensor:
        return torch.tensor([[*each, *[0] * (longest - len(each))] for each in lists])

    return (
        table([tokens.ids for tokens in inputs]),
        table([tokens.segments for tokens in inputs]),
        table([(1,) * len(tokens.ids) for tokens in inputs]),
    )


def by_length(inputs: Sequence[Tokens], size: int) -> list[list[int]]:
    """Places of the inputs in cuts of `size`, the shortest first: like lengths meet."""
    order = sorted(range(len(inputs)), key=lambda place: len(inputs[place].ids))
    return [order[start : start + size] for start in range(0, len(order), size)]
