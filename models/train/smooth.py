"""Activations of like size in all channels, and tokens, before they are rounded.

int8 gives a whole matrix of activations one scale, so a few large channels leave the others few
levels. What is large there is taken off and put into the weights, of which each channel has a
scale of its own: Xiao et al. (2023), SmoothQuant. Where that is not enough each token is given a
scale as well: Yao et al. (2022), ZeroQuant. The network says the same; only its rounding changes.
Nothing is trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from models.train.flat import Flat, Layer, linear_of
from monitor.adapters.encoder import Tokens

#: How much of the range of activations goes into the weights. Of .5, .65, .7, .8 and .9, .8
#: strays least: a third of the error on `alarm` without it.
SHARE = 0.8
#: What one layer multiplies by, in the order of `Layer`.
_STEPS = ("asked", "given", "up", "down")
#: Where each token has a scale of its own: most of what rounding still costs is lost there, and it
#: takes no time that can be measured. In all steps it would lose a little less, for a tenth of the
#: speed.
_ROWWISE = "down"
_LEAST = 1e-3


class Scaled(nn.Module):
    """A linear layer on an input that is divided by channel first."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.inverse = nn.Parameter(1.0 / scale, requires_grad=False)
        self.linear = linear_of(linear.weight * scale, linear.bias)

    def forward(self, states: Tensor) -> Tensor:
        """What `linear` says of `states`."""
        out: Tensor = self.linear(states * self.inverse)
        return out


class ByToken(nn.Module):
    """`Scaled`, of whose input each row is divided by its largest number and multiplied after."""

    def __init__(self, scaled: Scaled) -> None:
        super().__init__()
        self.inverse, self.bias = scaled.inverse, scaled.linear.bias
        # As it is multiplied by: the exporter would fold a transposition, and lose the name.
        turned = scaled.linear.weight.detach().T.contiguous()
        self.weight = nn.Parameter(turned, requires_grad=False)

    def forward(self, states: Tensor) -> Tensor:
        """What the linear layer says of `states`."""
        even, size = by_token(states * self.inverse)
        out: Tensor = even @ self.weight * size + self.bias
        return out


def by_token(states: Tensor) -> tuple[Tensor, Tensor]:
    """`states`, shape (tokens, width), with 1 as the largest number of each row, and the rest."""
    size = states.abs().amax(-1, keepdim=True).clamp(min=_LEAST)
    return states / size, size


def smoothed(flat: Flat, shown: Sequence[Tokens]) -> Flat:
    """`flat`, changed in place: the same answers, even activations on inputs like `shown`."""
    ranges = _ranges(flat, shown)
    with torch.no_grad():
        for number, layer in enumerate(flat.layers):
            scales = {
                step: _scale(getattr(layer, step), ranges[f"layers.{number}.{step}"])
                for step in _STEPS
            }
            _divide(cast("Layer", layer), scales)
    return flat


def _divide(layer: Layer, scales: dict[str, Tensor]) -> None:
    # What is given on is a mean of values: these can come out divided, at no cost.
    values = scales.pop("given")
    outputs = torch.cat([torch.ones(2 * len(values)), 1.0 / values])
    layer.asked = linear_of(layer.asked.weight * outputs[:, None], layer.asked.bias * outputs)
    layer.given = linear_of(layer.given.weight * values, layer.given.bias)
    for step, scale in scales.items():
        scaled = Scaled(getattr(layer, step), scale)
        setattr(layer, step, ByToken(scaled) if step == _ROWWISE else scaled)


def _scale(linear: nn.Linear, largest: Tensor) -> Tensor:
    """By input channel, with a geometric mean of 1."""
    weights = linear.weight.abs().amax(0).clamp(min=_LEAST)
    scale = largest.clamp(min=_LEAST) ** SHARE / weights ** (1.0 - SHARE)
    even: Tensor = scale / scale.log().mean().exp()
    return even


def _ranges(flat: Flat, shown: Sequence[Tokens]) -> dict[str, Tensor]:
    """By name of a linear layer, the largest absolute input of each channel."""
    found: dict[str, Tensor] = {}
    with _watched(flat, found), torch.no_grad():
        for tokens in shown:
            flat(torch.tensor([tokens.ids]), torch.tensor([tokens.segments]))
    return found


@contextmanager
def _watched(flat: Flat, found: dict[str, Tensor]) -> Iterator[None]:
    def watch(name: str, linear: nn.Module) -> torch.utils.hooks.RemovableHandle:
        def seen(_module: nn.Module, given: tuple[Tensor, ...]) -> None:
            largest = given[0].abs().amax(0)
            found[name] = torch.maximum(largest, found.get(name, largest))

        return linear.register_forward_pre_hook(seen)

    named = [pair for pair in flat.named_modules() if isinstance(pair[1], nn.Linear)]
    handles = [watch(*pair) for pair in named]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
