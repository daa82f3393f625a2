"""Masked multi-task loss: a column that a row does not label costs nothing.

A row that a teacher has read teaches all columns besides: the teacher's outputs are softened by
a temperature, so that how it ranks what it refuses is learnt as well. Hinton, Vinyals & Dean
(2015), Distilling the knowledge in a neural network.
"""

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
TEMPERATURE = 2.0
#: What the labels count beside the teacher, in rows that have both.
LABELS = 0.5


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

    def __call__(
        self, logits: Tensor, targets: Tensor, known: Tensor, weights: Tensor, soft: Tensor
    ) -> Tensor:
        """Weighted sum over heads, mean over rows."""
        labelled = self._plain(logits, targets, known) + self._stance(logits, targets, known)
        taught = ~soft.isnan().any(-1)
        softened = self._softened(logits, soft.nan_to_num())
        return (weights * torch.where(taught, LABELS * labelled + softened, labelled)).mean()

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

    def _softened(self, logits: Tensor, soft: Tensor) -> Tensor:
        """Cross-entropy to the teacher's softened answers, scaled back to their size."""
        mine, theirs = logits / TEMPERATURE, soft / TEMPERATURE
        each = binary_cross_entropy_with_logits(
            mine[:, self.yes_no], theirs[:, self.yes_no].sigmoid(), reduction="none"
        )
        chosen = theirs[:, self.stances].softmax(-1)
        stance = -(chosen * log_softmax(mine[:, self.stances], dim=-1)).sum(-1)
        return TEMPERATURE**2 * ((each * self.shares).sum(-1) + STANCE_SHARE * stance)
