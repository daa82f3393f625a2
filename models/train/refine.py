"""`python -m models.train.refine`: teach what ships something more, and little else.

    python -m models.train.refine --parts part19 part20 --out build/refined

One short round from the weights that ship: on the named parts of our own corpus by their labels,
and on a share of all other rows by what the network says of them already, so that it forgets none
of that (Li and Hoiem 2016, Learning without forgetting). A share of the weights before is averaged
in (Wortsman et al. 2022, Robust fine-tuning), what words say of harms is learnt anew, and the
model directory is built as `models.train` builds it. `make evaluate` says whether it is better;
nothing ships by itself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from statistics import mean

import torch

from models.train import base, commands, distil, held, shipped, words
from models.train.__main__ import HERE, bar
from models.train.augment import Habits, epoch
from models.train.build import build, served
from models.train.corpus import CORPUS, Split, split
from models.train.data import own
from models.train.network import Reader
from models.train.recipe import STUDENT, Recipe, train
from models.train.rows import HARM_COLUMNS, Row
from monitor.adapters.classifier import SETTINGS
from monitor.adapters.encoder import Encoder

#: Gentle: the network is to keep what it knows.
RECIPE = replace(STUDENT, epochs=1, rate=8e-5)
#: How often each new row is seen, and the share of the others that is seen once.
SIGHTS = 8
SHARE = 0.3
#: Share of the weights before in what comes out.
KEPT = 0.18


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, export, calibrate, write."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    folder = base.student()
    encoder = Encoder.load(folder, max_tokens=RECIPE.max_tokens, max_subject=RECIPE.max_subject)
    before = shipped.reader(options.model, partial(Reader.fresh, folder))
    network = shipped.reader(options.model, partial(Reader.fresh, folder))
    rows = split(options.data, corpus=options.corpus)
    recipe = replace(RECIPE, rate=options.rate)
    seen = lesson(rows, taught(options.corpus, options.parts), options.sights, options.share)
    network = refined(network, seen, encoder, recipe, options.work / "refined.pt")
    network = between(network, before, options.kept)
    parts = parts_of([options.model], options.parts)
    written(network, rows, options, folder=folder, before=options.model, parts=parts)


def parts_of(models: Sequence[Path], new: Sequence[str] = ()) -> list[str]:
    """Parts of our corpus that any of the models was taught, and new ones: each once."""
    told = [json.loads((each / SETTINGS).read_text(encoding="utf-8")) for each in models]
    known = [part for each in told for part in each.get("refined", ())]
    return list(dict.fromkeys((*known, *new)))


def written(
    network: Reader,
    rows: Split,
    options: argparse.Namespace,
    *,
    folder: Path,
    before: Path,
    parts: Sequence[str],
) -> None:
    """Build the model directory `options.out`: words anew, calibrated near the model `before`."""
    network = words.added(network, rows.train, served(folder, STUDENT))
    settings = json.loads((before / SETTINGS).read_text(encoding="utf-8"))
    made = {name: settings[name] for name in ("build", "apart", "made") if name in settings}
    calibrating = held.rows(rows, options.data, clean=False)
    build(
        network,
        calibrating,
        STUDENT,
        base=folder,
        work=options.work,
        out=options.out,
        made={**made, "refined": list(parts)},
    )
    settle(options.out / SETTINGS, settings["platt"])
    print(f"{options.out}: written; `python -m models.train.evaluate --model` measures it")


def building_parser(name: str, doc: str | None) -> argparse.ArgumentParser:
    """The parser of a program of `models.train` that ends with `written`."""
    parser = commands.parser(f"models.train.{name}", doc)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=HERE / "build" / name)
    parser.add_argument("--threads", type=int, default=2)
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = building_parser("refine", __doc__)
    parser.add_argument("--model", type=Path, default=HERE / "models" / "incident")
    parser.add_argument("--parts", nargs="+", required=True, help="parts of the corpus to teach")
    parser.add_argument("--sights", type=int, default=SIGHTS)
    parser.add_argument("--share", type=float, default=SHARE)
    parser.add_argument("--rate", type=float, default=RECIPE.rate)
    parser.add_argument("--kept", type=float, default=KEPT)
    return parser


def taught(corpus: Path, parts: Sequence[str]) -> list[Row]:
    """The rows of these parts of our own corpus."""
    return [row for part in parts for row in own.part(corpus / f"{part}.jsonl")]


def lesson(
    rows: Split, new: Sequence[Row], sights: int, share: float, *, seed: int = RECIPE.seed
) -> list[Row]:
    """New rows with their labels, and others without: altered, in any order.

    That all of the new ones name their brand is how they were written, and teaches nothing of
    `about`.
    """
    random = Random(seed)
    readings = {row.reading for row in new}
    old = [row for row in (*rows.train, *rows.unlabelled) if row.reading not in readings]
    kept = [row for row in old if random.random() < share]
    habits = Habits(seen=(("own", float(sights)),))
    return [
        *map(_without_about, epoch(new, habits, random)),
        *(replace(row, targets={}) for row in epoch(kept, Habits(), random)),
    ]


def _without_about(row: Row) -> Row:
    known = {name: value for name, value in row.targets.items() if (name, value) != ("about", 1.0)}
    return replace(row, targets=known)


def refined(
    network: Reader, seen: Sequence[Row], encoder: Encoder, recipe: Recipe, checkpoint: Path
) -> Reader:
    """`network` after one round; of rows without a label it is held to what it says now."""
    unlabelled = [row for row in seen if not row.targets]
    with bar("as it is") as progress:
        said = distil.outputs(network, unlabelled, encoder, progress)
    known = [*(row for row in seen if row.targets), *distil.taught(unlabelled, said)]
    checkpoint.unlink(missing_ok=True)
    with bar("refined") as progress:
        return train(network, [known], encoder, recipe, checkpoint=checkpoint, progress=progress)


def between(network: Reader, before: Reader, kept: float) -> Reader:
    """`network`, changed in place: so large a share of its weights is that of `before`."""
    old = before.state_dict()
    states = {
        name: torch.lerp(weights, old[name], kept) if weights.is_floating_point() else weights
        for name, weights in network.state_dict().items()
    }
    network.load_state_dict(states)
    return network.eval()


def settle(path: Path, before: Mapping[str, Sequence[float]]) -> None:
    """Draw the calibration of each harm halfway to what it was before.

    What calibrates harms is mostly our own texts, and those are what it was refined on; on the
    real ones of `incident_dev` the log loss of half the way is the same.
    """
    settings = json.loads(path.read_text(encoding="utf-8"))
    for name, now in settings["platt"].items():
        if name in HARM_COLUMNS:
            pairs = zip(now, before[name], strict=True)
            settings["platt"][name] = [round(mean(pair), 4) for pair in pairs]
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
