"""The training loop: epochs of shuffled batches, bf16, one checkpoint per epoch.

Knows neither corpora nor export. Seeds are fixed: the same data on the same machine make the
same weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from models.train.augment import Habits, epoch
from models.train.batches import Batch, batches
from models.train.losses import Loss
from models.train.network import Reader
from models.train.rows import Row
from monitor.adapters.classifier import Encoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Everything that is chosen by hand."""

    epochs: int = 2
    batch: int = 32
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    decay: float = 0.01
    max_tokens: int = 96
    max_subject: int = 24
    seed: int = 20121231
    #: Runs from the same start in another order, whose weights are averaged: what each learnt
    #: by heart goes, what they share stays. Wortsman et al. (2022), Model soups.
    members: int = 2
    habits: Habits = field(default_factory=Habits)


def train(
    model: Reader,
    rows: Sequence[Row],
    encoder: Encoder,
    recipe: Recipe,
    *,
    checkpoint: Path,
    progress: Callable[[int, int, float], None],
) -> Reader:
    """Fit `model` in place; an interrupted run goes on after its last finished epoch."""
    torch.manual_seed(recipe.seed)
    rounds = [
        list(epoch(rows, recipe.habits, Random(recipe.seed + n))) for n in range(recipe.epochs)
    ]
    steps = sum(-(-len(each) // recipe.batch) for each in rounds)
    optimiser = _optimiser(model, recipe)
    schedule = LambdaLR(optimiser, _ramp(steps, recipe.warmup))
    state = _State(model=model, optimiser=optimiser, schedule=schedule)
    done = state.resume(checkpoint)
    for number in range(done, recipe.epochs):
        torch.manual_seed(recipe.seed + number)
        order = batches(
            rounds[number], encoder, size=recipe.batch, random=Random(recipe.seed - number)
        )
        for each in order:
            loss = _step(each, state)
            progress(schedule.last_epoch, steps, loss)
        state.save(checkpoint, number + 1)
    return model.eval()


def mean(states: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The average of several runs' weights; what is not a fraction is taken from the first."""
    return {
        name: torch.stack([state[name] for state in states]).mean(0)
        if value.is_floating_point()
        else value
        for name, value in states[0].items()
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    model: Reader
    optimiser: AdamW
    schedule: LambdaLR
    loss: Loss = field(default_factory=Loss.build)

    def save(self, path: Path, epochs: int) -> None:
        states = {
            "epochs": epochs,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        torch.save(states, path)

    def resume(self, path: Path) -> int:
        if not path.exists():
            return 0
        saved = torch.load(path, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.schedule.load_state_dict(saved["schedule"])
        return int(saved["epochs"])


def _step(batch: Batch, state: _State) -> float:
    state.model.train()
    logits = _forward(state.model, batch)
    loss = state.loss(logits, batch.targets, batch.known, batch.weights)
    state.optimiser.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(state.model.parameters(), 1.0)
    state.optimiser.step()
    state.schedule.step()
    return float(loss.detach())


def _forward(model: Reader, batch: Batch) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits: Tensor = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
    return logits.float()


def _optimiser(model: Reader, recipe: Recipe) -> AdamW:
    inside = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [*model.mix.parameters(), *model.heads.parameters()]
    groups = [{"params": inside, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}]
    return AdamW(groups, weight_decay=recipe.decay)


def _ramp(steps: int, warmup: float) -> Callable[[int], float]:
    rising = max(1, int(steps * warmup))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return max(0.0, (steps - step) / max(1, steps - rising))

    return factor
