"""`python -m models.train.narrow`: what ships with fewer inner neurons, so that it reads faster.

    python -m models.train.narrow --width 832 --parts part32 --out build/narrow

Half of the time of a reading goes into the two dense layers between one attention and the next.
Of their neurons those stay on which the answers depend most (Molchanov et al. 2019, Importance
estimation for neural network pruning), the same number in each layer; then the network learns
from what it said before of a share of all rows, and from the named parts of our own corpus by
their labels. A second round goes on with `--model build/narrow --before models/incident`. `make
evaluate` says what that costs; nothing ships by itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.train import base, shipped
from models.train.__main__ import HERE
from models.train.corpus import split
from models.train.data import own
from models.train.flat import linear_of
from models.train.network import Reader
from models.train.recipe import STUDENT
from models.train.refine import (
    SIGHTS,
    building_parser,
    lesson,
    parts_of,
    refined,
    taught,
    written,
)
from monitor.adapters.encoder import Encoder, Tokens

#: Inner neurons of a layer; all-MiniLM-L6-v2 has 1,536.
WIDTH = 832
#: Share of all rows that is seen once.
SHARE = 0.6
#: Our own texts on which it is seen what depends on a neuron.
_SHOWN = 300


def main(arguments: Sequence[str] | None = None) -> None:
    """Narrow, train, export, calibrate, write."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    folder = base.student()
    encoder = Encoder.load(folder, max_tokens=STUDENT.max_tokens, max_subject=STUDENT.max_subject)
    rows = split(options.data, corpus=options.corpus)
    network, before = (
        shipped.reader(each, partial(Reader.fresh, folder))
        for each in (options.model, options.before or options.model)
    )
    network = narrowed(network, _shown(encoder, options.corpus), options.width)
    seen = lesson(rows, taught(options.corpus, options.parts), options.sights, options.share)
    recipe = replace(STUDENT, epochs=1, rate=options.rate)
    checkpoint = options.work / "narrow.pt"
    network = refined(network, seen, encoder, recipe, checkpoint, before=before)
    parts = parts_of([options.model], options.parts)
    written(network, rows, options, folder=folder, before=options.model, parts=parts)


def _parser() -> argparse.ArgumentParser:
    parser = building_parser("narrow", __doc__)
    parser.add_argument("--model", type=Path, default=HERE / "models" / "incident")
    parser.add_argument(
        "--before", type=Path, help="whose answers it learns, in a second round; default: --model"
    )
    parser.add_argument("--width", type=int, default=WIDTH, help="inner neurons of each layer")
    parser.add_argument("--parts", nargs="*", default=(), help="parts of the corpus to teach")
    parser.add_argument("--sights", type=int, default=SIGHTS)
    parser.add_argument("--share", type=float, default=SHARE)
    parser.add_argument("--rate", type=float, default=STUDENT.rate)
    return parser


def _shown(encoder: Encoder, corpus: Path) -> list[Tokens]:
    readings = [row.reading for row in own.rows(corpus)]
    return [encoder.encode(each) for each in readings[:: max(1, len(readings) // _SHOWN)]]


def narrowed(network: Reader, shown: Sequence[Tokens], width: int) -> Reader:
    """`network`, changed in place: of each layer's inner neurons the `width` weightiest."""
    layers = _layers(network)
    for layer, weighs in zip(layers, weights(network, shown), strict=True):
        kept = weighs.argsort(descending=True)[:width].sort().values
        up, down = layer.intermediate.dense, layer.output.dense
        layer.intermediate.dense = linear_of(up.weight[kept], up.bias[kept])
        layer.output.dense = linear_of(down.weight[:, kept], down.bias)
    return network


def weights(network: Reader, shown: Sequence[Tokens], *, seed: int = STUDENT.seed) -> list[Tensor]:
    """By layer, how much the answers depend on each inner neuron: a score, shape (neurons).

    The square of activation times gradient, summed over `shown`: to the first order what is lost
    without it (Molchanov et al. 2019, equation 8), of all answers at once in a random direction.
    """
    random = torch.Generator().manual_seed(seed)
    layers = _layers(network)
    found = [torch.zeros(layer.output.dense.in_features) for layer in layers]
    with _watched(layers) as active:
        for tokens in shown:
            active.clear()
            answers = _answers(network, tokens)
            signs = torch.randint(0, 2, answers.shape, generator=random) * 2.0 - 1.0
            gradients = torch.autograd.grad((answers * signs).sum(), active)
            for total, states, gradient in zip(found, active, gradients, strict=True):
                total.add_((states * gradient).detach().square().sum((0, 1)))
    return found


def _layers(network: Reader) -> list[Any]:
    encoder: Any = network.encoder
    return list(encoder.encoder.layer)


def _answers(network: Reader, tokens: Tokens) -> Tensor:
    ids, segments = torch.tensor([tokens.ids]), torch.tensor([tokens.segments])
    answers: Tensor = network(ids, segments, torch.ones_like(ids))
    return answers


@contextmanager
def _watched(layers: Sequence[Any]) -> Iterator[list[Tensor]]:
    """What comes out of the inner neurons of each layer, in order, as the network reads."""
    active: list[Tensor] = []

    def seen(_module: nn.Module, given: tuple[Tensor, ...]) -> None:
        active.append(given[0])

    handles = [layer.output.dense.register_forward_pre_hook(seen) for layer in layers]
    try:
        yield active
    finally:
        for handle in handles:
            handle.remove()


if __name__ == "__main__":
    main()
