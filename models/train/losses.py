"""Masked multi-task loss: a column that a row does not label costs nothing.

A row that a teacher has read teaches other columns besides: the teacher's outputs are softened by
a temperature, so that how it ranks what it refuses is learnt as well. Hinton, Vinyals & Dean
(2015), Distilling the knowledge in a neural network. Of what is rare the teacher knows little
after its one epoch: there its word counts a quarter, and nothing against a label.
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
    "harm": 0.4,
}
STANCE_SHARE = 1.0
#: How much more a missed alarm or harm costs than a false one; calibration undoes the tilt.
POSITIVE = {"alarm": 3.0, "harm": 3.0}
TEMPERATURE = 2.0
#: What the labels count beside the teacher, in rows that have both.
LABELS = 0.5
#: What the teacher counts in heads of which it has seen few examples, where no label is known.
DOUBTED = {"harm": 0.25, "outrage": 0.25}


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
    #: What the teacher counts in each column; below 1 a label outweighs it altogether.
    trust: Tensor

    @classmethod
    def build(cls) -> Loss:
        """With the shares of `HEADS` and the tilts of `POSITIVE`."""
        return cls(
            yes_no=torch.tensor([COLUMNS.index(name) for name in SIGMOIDS]),
            stances=torch.tensor([COLUMNS.index(name) for name in STANCES]),
            shares=torch.tensor(_by_head(HEADS, 1.0)),
            positive=torch.tensor(_by_head(POSITIVE, 1.0)),
            trust=torch.tensor(_by_head(DOUBTED, 1.0)),
        )

    def __call__(
        self, logits: Tensor, targets: Tensor, known: Tensor, weights: Tensor, soft: Tensor
    ) -> Tensor:
        """Weighted sum over heads, mean over rows."""
        taught = ~soft.isnan().any(-1, keepdim=True)
        known_here = known[:, self.yes_no]
        labelled = self._plain(logits, targets) * known_here * self._label_shares(taught)
        softened = self._plain_softened(logits, soft.nan_to_num()) * self._soft_shares(known_here)
        each = ((labelled + taught * softened) * self.shares).sum(-1)
        stance = self._stance(logits, targets, known) * torch.where(taught, LABELS, 1.0)[:, 0]
        taught_stance = self._stance_softened(logits, soft.nan_to_num()) * taught[:, 0]
        return (weights * (each + STANCE_SHARE * (stance + taught_stance))).mean()

    def _label_shares(self, taught: Tensor) -> Tensor:
        return torch.where(taught & (self.trust == 1.0), LABELS, 1.0)

    def _soft_shares(self, known: Tensor) -> Tensor:
        return torch.where(self.trust == 1.0, 1.0, self.trust * (1.0 - known))

    def _plain(self, logits: Tensor, targets: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(
            logits[:, self.yes_no],
            targets[:, self.yes_no],
            pos_weight=self.positive,
            reduction="none",
        )

    def _plain_softened(self, logits: Tensor, soft: Tensor) -> Tensor:
        """Cross-entropy to the teacher's softened answers, scaled back to their size."""
        mine, theirs = logits[:, self.yes_no] / TEMPERATURE, soft[:, self.yes_no] / TEMPERATURE
        return TEMPERATURE**2 * binary_cross_entropy_with_logits(
            mine, theirs.sigmoid(), reduction="none"
        )

    def _stance(self, logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
        chosen = targets[:, self.stances] * known[:, self.stances]
        return -(chosen * log_softmax(logits[:, self.stances], dim=-1)).sum(-1)

    def _stance_softened(self, logits: Tensor, soft: Tensor) -> Tensor:
        mine, theirs = logits[:, self.stances] / TEMPERATURE, soft[:, self.stances] / TEMPERATURE
        return -(TEMPERATURE**2) * (theirs.softmax(-1) * log_softmax(mine, dim=-1)).sum(-1)
