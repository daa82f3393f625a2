"""`python -m models.train.evaluate`: what a model is worth on brands it never saw.

Prints one table: every head on each split, beside what costs less; rewrites `metrics.json`, the
curves and the model card. The model is run through the adapter of the program. Nothing that is
measured on was trained on, see `measured`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from models.train import base, card, commands, held, rounding, sources, speed, tables
from models.train.answers import Answers, of_verdicts
from models.train.build import scores
from models.train.corpus import Split, split
from models.train.crossfit import without_its_brand
from models.train.figures import split_figures
from models.train.frozen import Frozen, quiet
from models.train.measured import Measured, honest, splits
from models.train.resample import RESAMPLES, SEED
from models.train.rivals import rivals
from models.train.rows import Row
from monitor.adapters.classifier import SETTINGS, OnnxClassifier

HERE = Path(__file__).resolve().parents[2]
Figures = dict[str, Any]
Rivals = Mapping[str, Mapping[str, Answers]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    options = _parser().parse_args(arguments)
    quiet()
    models = options.model or [HERE / "models" / "incident"]
    full = [*options.fp32, *[None] * len(models)]
    found: dict[str, Figures] = {}
    for directory, graph in zip(models, full, strict=False):
        figures = evaluate(directory, options, graph)
        written = (options.out / directory.name) if options.out else directory
        card.write(written, figures)
        found[figures["model"]] = figures
        print("\n".join(_lines(figures)))
    if len(found) > 1:
        print(f"\n{tables.beside(found)}")


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("models.train.evaluate", __doc__)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, action="append", help="may be given several times")
    parser.add_argument(
        "--fp32",
        type=Path,
        action="append",
        default=[],
        help="graph before rounding, or the folder that holds it; one for each model, in order",
    )
    parser.add_argument("--out", type=Path, help="write below this folder, not into the model's")
    parser.add_argument("--cache", type=Path, default=HERE / "build" / "evaluate")
    parser.add_argument("--sample", type=int, help="about so many texts a split, for a trial run")
    parser.add_argument("--no-speed", action="store_true", help="do not measure the speed")
    return parser


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """What a build is measured on and beside: the same for every model of that build."""

    rows: Split
    sets: list[Measured]
    left_out: list[str]
    beside: Rivals


@cache
def bench(build: str, data: Path, folder: Path, most: int | None) -> Bench:
    """The baselines learn here, which takes minutes; `most` as `--sample`."""
    rows = split(data, clean=build == "clean")
    sets, left_out = splits(data, rows)
    if most:
        # Ten training rows for each text that is measured.
        rows = replace(rows, train=rows.train[:: max(1, len(rows.train) // (10 * most))])
        sets = [each.thinned(most) for each in sets]
    frozen = Frozen.load(base.student(), folder / f"frozen-{base.SHA256[:8]}.npz")
    beside = rivals(sets, rows.train, frozen)
    return Bench(rows=rows, sets=sets, left_out=left_out, beside=beside)


def evaluate(directory: Path, options: argparse.Namespace, full: Path | None) -> Figures:
    """All figures of one model."""
    settings = json.loads((directory / SETTINGS).read_text(encoding="utf-8"))
    build = build_of(directory, settings)
    on = bench(build, options.data, options.cache, options.sample)
    sets, not_apart = honest(on.sets, settings)
    calibrating = held.rows(on.rows, options.data, clean=build == "clean")
    if options.sample or not settings.get("calibration_brands"):
        # A model calibrated on brands that are measured says so in its settings.
        calibrating = []
    return measure(directory, sets, on.beside, full=full, calibrating=calibrating) | {
        "build": build,
        "made": settings.get("made", ""),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED},
        "left_out": [*on.left_out, *not_apart],
        "training_rows": dict(on.rows.sizes()),
        "checksums": dict(sources.checksums(options.data)),
        "speed": {} if options.no_speed else speed.measure(directory, base.student()),
    }


def build_of(directory: Path, settings: Mapping[str, Any]) -> str:
    """`full` or `clean`: as its settings say, or else its name."""
    by_name = "clean" if directory.resolve().name.endswith("clean") else "full"
    return str(settings.get("build", by_name))


def measure(
    directory: Path,
    sets: Sequence[Measured],
    beside: Rivals,
    *,
    full: Path | None = None,
    calibrating: Sequence[Row] = (),
) -> Figures:
    """Figures of every split, the model's beside those of the others; `full` as in `rounding`.

    Brands that are among the `calibrating` rows are measured with a calibration without them.
    """
    name, own = _answers(directory, sets, calibrating)
    before: Mapping[str, Answers] = {}
    if full is not None:
        with rounding.unrounded(directory, full) as unrounded:
            _, before = _answers(unrounded, sets, calibrating)
    figures = {
        each.name: split_figures(
            each,
            {"model": own[each.name], **beside[each.name]}
            | ({tables.FP32: before[each.name]} if before else {}),
        )
        for each in sets
    }
    rounded = {"rounding": rounding.cost(figures)} if before else {}
    return {"model": name, "splits": figures, **rounded}


def _answers(
    directory: Path, sets: Sequence[Measured], calibrating: Sequence[Row]
) -> tuple[str, dict[str, Answers]]:
    with ExitStack() as stack:
        model = OnnxClassifier.load(directory)
        stack.callback(model.close)
        found = {each.name: of_verdicts(model.classify(each.readings)) for each in sets}
    if calibrating:
        logits = scores(directory, calibrating)
        found |= {
            each.name: without_its_brand(found[each.name], each, calibrating, logits)
            for each in sets
        }
    return model.name, found


def _lines(figures: Figures) -> Iterator[str]:
    yield f"\n{figures['model']}\n\n{tables.table(figures)}\n"
    yield from (f"left out: {reason}" for reason in figures["left_out"])
    yield card.rounding(figures.get("rounding", {}))
    yield card.speed(figures["speed"])


if __name__ == "__main__":
    main()
