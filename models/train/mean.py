"""`python -m models.train.mean`: the mean of the weights of model directories, built as one.

    python -m models.train.mean build/one build/other --out build/mean

Of rounds of `models.train.refine` that began alike: what only one of them lost is half kept, and
what both learnt stays (Wortsman et al. 2022, Model soups). What words say of harms is learnt anew.
`make evaluate` says whether it is better; nothing ships by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch

from models.train import base, shipped
from models.train.corpus import split
from models.train.network import Reader
from models.train.recipe import averaged
from models.train.refine import building_parser, parts_of, written


def main(arguments: Sequence[str] | None = None) -> None:
    """Average, export, calibrate, write."""
    parser = building_parser("mean", __doc__)
    parser.add_argument("models", nargs="+", type=Path, help="model directories")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    folder = base.student()
    make = partial(Reader.fresh, folder)
    network = averaged([shipped.reader(each, make) for each in options.models])
    rows = split(options.data, corpus=options.corpus)
    first, parts = options.models[0], parts_of(options.models)
    written(network, rows, options, folder=folder, before=first, parts=parts)


if __name__ == "__main__":
    main()
