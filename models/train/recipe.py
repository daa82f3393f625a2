"""The training loop: rounds of shuffled batches, bf16, a checkpoint every few hundred steps.

Knows neither corpora nor export. Seeds are fixed: the same data on the same machine make the
same weights, interrupted or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from monitor.adapters.encoder import Encoder


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
    #: Another number, another order of the same rows, from the same start.
    order: int = 0
    #: See `monitor.adapters.classifier.Settings`; in the middle of a plateau from 0.7 to 1.
    name_share: float = 0.0
    #: Steps from one checkpoint to the next.
    kept_every: int = 200
    habits: Habits = field(default_factory=Habits)


#: The teacher overfits after one epoch; the student has its answers to hold on to.
STUDENT = Recipe(name_share=0.85)
#: Students whose weights are averaged.
MEMBERS = 2
TEACHER = Recipe(
    epochs=1, rate=4e-5, head_rate=5e-4, kept_every=300, habits=Habits(routine=0.45, share=0.7)
)


def rounds(rows: Sequence[Row], recipe: Recipe) -> list[list[Row]]:
    """What is seen of the rows in each epoch, altered."""
    return [
        list(epoch(rows, recipe.habits, Random(recipe.seed + n))) for n in range(recipe.epochs)
    ]


def train(
    model: Reader,
    seen: Sequence[Sequence[Row]],
    encoder: Encoder,
    recipe: Recipe,
    *,
    checkpoint: Path,
    progress: Callable[[int, int, float], None],
) -> Reader:
    """Fit `model` in place, an epoch for each of `seen`; goes on after its last checkpoint."""
    torch.manual_seed(recipe.seed)
    steps = sum(-(-len(each) // recipe.batch) for each in seen)
    state = _state(model, recipe, steps)
    done = state.resume(checkpoint)
    for number, each in enumerate(_batches(seen, encoder, recipe), start=1):
        if number > done:
            progress(number, steps, _step(each, state))
            if number % recipe.kept_every == 0 or number == steps:
                state.save(checkpoint, number)
    return model.eval()


def _batches(seen: Sequence[Sequence[Row]], encoder: Encoder, recipe: Recipe) -> Iterator[Batch]:
    for number, rows in enumerate(seen):
        yield from batches(rows, encoder, size=recipe.batch, random=_order(recipe, number))


def _order(recipe: Recipe, epoch: int) -> Random:
    return Random(f"{recipe.seed} {recipe.order} {epoch}")


def averaged(members: Sequence[Reader]) -> Reader:
    """The mean of the weights of networks that started alike; the first is changed and returned.

    Wortsman et al. (2022), Model soups: better than one of them, and no slower.
    """
    states = [member.state_dict() for member in members]
    mean = {name: _mean([state[name] for state in states]) for name in states[0]}
    members[0].load_state_dict(mean)
    return members[0].eval()


def _mean(tensors: Sequence[Tensor]) -> Tensor:
    # Whole numbers are positions, the same in all.
    return torch.stack(list(tensors)).mean(0) if tensors[0].is_floating_point() else tensors[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    model: Reader
    optimiser: AdamW
    schedule: LambdaLR
    loss: Loss = field(default_factory=Loss.build)

    def save(self, path: Path, steps: int) -> None:
        states = {
            "steps": steps,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
        }
        # A run that is killed while it writes must not lose the checkpoint before.
        torch.save(states, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def resume(self, path: Path) -> int:
        if not path.exists():
            return 0
        saved = torch.load(path, weights_only=True)
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.schedule.load_state_dict(saved["schedule"])
        torch.set_rng_state(saved["random"])
        return int(saved["steps"])


def _state(model: Reader, recipe: Recipe, steps: int) -> _State:
    optimiser = _optimiser(model, recipe)
    schedule = LambdaLR(optimiser, _ramp(steps, recipe.warmup))
    return _State(model=model, optimiser=optimiser, schedule=schedule)


def _step(batch: Batch, state: _State) -> float:
    state.model.train()
    logits = _forward(state.model, batch)
    loss = state.loss(logits, batch.targets, batch.known, batch.weights, batch.soft)
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
    return AdamW(groups, weight_decay=recipe.decay, fused=True)


def _ramp(steps: int, warmup: float) -> Callable[[int], float]:
    rising = max(1, int(steps * warmup))

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return max(0.0, (steps - step) / max(1, steps - rising))

    return factor
