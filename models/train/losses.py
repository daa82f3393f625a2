"""Masked multi-task loss: a column that a row does not label costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax

from models.train.rows import COLUMNS, SIGMOIDS, STANCES

#: Share of each head in the loss.
HEADS = {
    "about": 1.0,
    "alarm": 1.0,
    "complaint": 0.5,
    "outrage": 0.4,
    "firsthand": 0.4,
    "severity": 0.5,
    "harm": 0.3,
}
STANCE_SHARE = 1.0
#: How much more a missed alarm or harm costs than a false one; calibration undoes the tilt.
POSITIVE = {"alarm": 3.0, "harm": 2.0}


def _by_head(values: dict[str, float], default: float) -> list[float]:
    heads = (name.split("_")[0].rstrip("1234") for name in SIGMOIDS)
    return [values.get(head, default) for head in heads]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """Callable on (logits, targets, known, weights); shapes (n, columns) thrice and (n,)."""

    yes_no: Tensor
    stances: Tensor
    shares: Tensor
    positive: Tensor

    @classmethod
    def build(cls) -> Loss:
        """With the shares of `HEADS` and the tilts of `POSITIVE`."""
        return cls(
            yes_no=torch.tensor([COLUMNS.index(name) for name in SIGMOIDS]),
            stances=torch.tensor([COLUMNS.index(name) for name in STANCES]),
            shares=torch.tensor(_by_head(HEADS, 1.0)),
            positive=torch.tensor(_by_head(POSITIVE, 1.0)),
        )

    def __call__(self, logits: Tensor, targets: Tensor, known: Tensor, weights: Tensor) -> Tensor:
        """Weighted sum over heads, mean over rows."""
        return (
            weights * (self._plain(logits, targets, known) + self._stance(logits, targets, known))
        ).mean()

    def _plain(self, logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
        each = binary_cross_entropy_with_logits(
            logits[:, self.yes_no],
            targets[:, self.yes_no],
            pos_weight=self.positive,
            reduction="none",
        )
        return (each * known[:, self.yes_no] * self.shares).sum(-1)

    def _stance(self, logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
        chosen = targets[:, self.stances] * known[:, self.stances]
        return STANCE_SHARE * -(chosen * log_softmax(logits[:, self.stances], dim=-1)).sum(-1)
