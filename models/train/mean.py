"""`python -m models.train.mean`: the mean of the weights of model directories, built as one.

    python -m models.train.mean build/one build/other --out build/mean

Of rounds of `models.train.refine` that began alike: what only one of them lost is half kept, and
what both learnt stays (Wortsman et al. 2022, Model soups). What words say of harms is learnt anew.
`make evaluate` says whether it is better; nothing ships by itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch

from models.train import base, commands, shipped
from models.train.__main__ import HERE
from models.train.corpus import CORPUS, split
from models.train.network import Reader
from models.train.recipe import averaged
from models.train.refine import parts_of, written


def main(arguments: Sequence[str] | None = None) -> None:
    """Average, export, calibrate, write."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    make = partial(Reader.fresh, base.student())
    network = averaged([shipped.reader(each, make) for each in options.models])
    rows = split(options.data, corpus=options.corpus)
    written(network, rows, options, before=options.models[0], parts=parts_of(options.models))


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("models.train.mean", __doc__)
    parser.add_argument("models", nargs="+", type=Path, help="model directories")
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=HERE / "build" / "mean")
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    main()
