"""`python -m models.train`: make a model directory from the data, with one command.

A large encoder is trained first; the small one, which ships, learns from the labels and from
what the large one says of every row and of texts that nobody labelled: twice, in another order,
and the weights of both are averaged. What words say of harms is added last. Interrupted, it goes
on where it was; `--fresh` starts over.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import torch
from tqdm import tqdm

from models.train import base, commands, distil, held, words
from models.train.build import build, served
from models.train.corpus import CORPUS, Split, split
from models.train.data import apart
from models.train.network import Reader
from models.train.recipe import MEMBERS, STUDENT, TEACHER, Recipe, averaged, rounds, train
from models.train.rows import Row
from monitor.adapters.encoder import Encoder

HERE = Path(__file__).resolve().parents[2]
#: What a build is called, and where it goes.
BUILDS = {"full": "incident", "clean": "incident-clean"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, calibrate, write."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    out = options.out or HERE / "models" / BUILDS[options.build]
    work = options.work / options.build
    if options.fresh:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    clean = options.build == "clean"
    rows = split(options.data, corpus=options.corpus, clean=clean)
    print(f"{len(rows.train)} rows to train on, {len(rows.calibration)} to calibrate on")
    print(f"{len(rows.unlabelled)} texts for the teacher alone")
    folder = base.student()
    model = words.added(_student(rows, folder, work), rows.train, served(folder, STUDENT))
    calibrating = held.rows(rows, options.data, clean=clean)
    made = {"build": options.build, "apart": apart.LEFT_OUT}
    build(model, calibrating, STUDENT, base=folder, work=work, out=out, made=made)
    print(f"{out}: written; `make evaluate` measures it")


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("models.train", __doc__)
    parser.add_argument(
        "--build", choices=BUILDS, default="full", help="clean: openly licensed texts alone"
    )
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--out", type=Path, help="default: models/incident, models/incident-clean")
    parser.add_argument("--work", type=Path, default=HERE / "build" / "train")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fresh", action="store_true", help="forget an interrupted run")
    return parser


def _student(rows: Split, folder: Path, work: Path) -> Reader:
    """The small network, taught: each epoch's rows are altered first, then read by the teacher."""
    seen = rounds((*rows.train, *rows.unlabelled), STUDENT)
    # Trained or loaded once, and only if there is a round that it has not read.
    teacher = cache(partial(_teacher, rows, work))
    taught = [
        distil.kept(work / f"taught{number}.npy", each, lambda some: _read(*teacher(), some))
        for number, each in enumerate(seen, start=1)
    ]
    return averaged(
        [
            _fitted(f"student{order}", folder, taught, replace(STUDENT, order=order), work)
            for order in range(1, MEMBERS + 1)
        ]
    )


def _teacher(rows: Split, work: Path) -> tuple[Reader, Encoder]:
    folder = base.teacher(work.parent)
    teacher = _fitted("teacher", folder, rounds(rows.train, TEACHER), TEACHER, work)
    return teacher, _encoder(folder, TEACHER)


def _read(teacher: Reader, encoder: Encoder, seen: Sequence[Row]) -> distil.Outputs:
    with bar("teacher reads") as progress:
        return distil.outputs(teacher, seen, encoder, progress)


def _fitted(
    name: str, folder: Path, seen: Sequence[Sequence[Row]], recipe: Recipe, work: Path
) -> Reader:
    torch.manual_seed(recipe.seed)
    model = Reader.fresh(folder)
    with bar(name) as progress:
        return train(
            model,
            seen,
            _encoder(folder, recipe),
            recipe,
            checkpoint=work / f"{name}.pt",
            progress=progress,
        )


def _encoder(folder: Path, recipe: Recipe) -> Encoder:
    return Encoder.load(folder, max_tokens=recipe.max_tokens, max_subject=recipe.max_subject)


@contextmanager
def bar(name: str) -> Iterator[Callable[[int, int, float], None]]:
    """A progress bar, called with (step, steps, loss)."""
    # In a log file a line a minute is enough.
    pace = 0.5 if sys.stderr.isatty() else 60.0
    with tqdm(desc=name, unit="step", mininterval=pace, smoothing=0.05) as bar:

        def show(step: int, steps: int, loss: float) -> None:
            bar.total = steps
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update(step - bar.n)

        yield show


if __name__ == "__main__":
    main()
