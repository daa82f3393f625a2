"""`python -m models.train`: make the model directory from the data, with one command.

Interrupted, it goes on after the last finished epoch; `--fresh` starts over.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import torch
from tqdm import tqdm

from models.train import base
from models.train.augment import unrelated
from models.train.build import build
from models.train.corpus import CORPUS, Split, split
from models.train.network import Reader
from models.train.recipe import Recipe, mean, train
from models.train.rows import Row
from monitor.adapters.classifier import Encoder

HERE = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, calibrate, write."""
    options = _parser().parse_args(arguments)
    recipe = Recipe(epochs=options.epochs)
    torch.set_num_threads(options.threads)
    if options.fresh:
        shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True, exist_ok=True)
    rows = split(options.data, corpus=options.corpus)
    print(f"{len(rows.train)} rows to train on, {len(rows.calibration)} to calibrate on")
    folder = base.directory()
    model = _trained(rows, recipe, folder, options.work)
    build(model, branded(rows), recipe, base=folder, work=options.work, out=options.out)
    print(f"{options.out}: written; `make evaluate` measures it")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--out", type=Path, default=HERE / "models" / "incident")
    parser.add_argument("--work", type=Path, default=HERE / "build" / "train")
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget an interrupted run")
    return parser


def _trained(rows: Split, recipe: Recipe, folder: Path, work: Path) -> Reader:
    members = [_member(number, rows, recipe, folder, work) for number in range(recipe.members)]
    members[0].load_state_dict(mean([member.state_dict() for member in members]))
    return members[0]


def _member(number: int, rows: Split, recipe: Recipe, folder: Path, work: Path) -> Reader:
    torch.manual_seed(recipe.seed)
    encoder = Encoder.load(folder, max_tokens=recipe.max_tokens, max_subject=recipe.max_subject)
    with _bar() as progress:
        return train(
            Reader.fresh(folder),
            rows.train,
            encoder,
            replace(recipe, seed=recipe.seed + 100 * number),
            checkpoint=work / f"checkpoint{number}.pt",
            progress=progress,
        )


def branded(rows: Split) -> list[Row]:
    """Calibration rows, each before a brand: those that name none get an invented one."""
    return [
        row if row.reading.brand else unrelated(row, Random(place))
        for place, row in enumerate(rows.calibration)
    ]


@contextmanager
def _bar() -> Iterator[Callable[[int, int, float], None]]:
    with tqdm(unit="step", disable=None, smoothing=0.05) as bar:

        def show(step: int, steps: int, loss: float) -> None:
            bar.total = steps
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(step - bar.n)

        yield show


if __name__ == "__main__":
    main()
