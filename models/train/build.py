"""From weights to a model directory: export, quantise, calibrate, write the settings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from models.train import calibrate, export
from models.train.network import Reader
from models.train.recipe import Recipe
from models.train.rows import COLUMNS, Row
from monitor.adapters.classifier import SETTINGS, WEIGHTS, OnnxClassifier
from monitor.adapters.encoder import Encoder, Tokens

#: Tokens read of one text when it is served; most texts have 30.
SERVED_TOKENS = 128
#: Texts that show how large activations get.
_SHOWN = 150


def build(
    model: Reader,
    held: Sequence[Row],
    recipe: Recipe,
    *,
    base: Path,
    work: Path,
    out: Path,
    made: Mapping[str, object] | None = None,
) -> None:
    """Fill `out` with everything the adapter needs; the fp32 graph stays in `work`.

    What `made` says of the build is kept in `config.json`, for those who measure it.
    """
    out.mkdir(parents=True, exist_ok=True)
    export.copy_tokenizer(base, out)
    export.quantise(export.export(model, work, shown=_inputs(held, out, recipe)), out / WEIGHTS)
    write_settings(out, recipe, {}, 1.0)
    platt, temperature = calibrate.fit(held, scores(out, held))
    brands = sorted({row.group for row in held if row.origin == "replab2013"})
    write_settings(out, recipe, platt, temperature, {**(made or {}), "calibration_brands": brands})


def _inputs(held: Sequence[Row], directory: Path, recipe: Recipe) -> list[Tokens]:
    """Of rows evenly spread over `held`."""
    encoder = served(directory, recipe)
    return [encoder.encode(row.reading) for row in held[:: max(1, len(held) // _SHOWN)]]


def served(directory: Path, recipe: Recipe) -> Encoder:
    """The encoder with the room that it has when it is served."""
    return Encoder.load(directory, max_tokens=SERVED_TOKENS, max_subject=recipe.max_subject)


def scores(directory: Path, rows: Sequence[Row]) -> dict[str, calibrate.Floats]:
    """Raw outputs by column of the model in a directory."""
    model = OnnxClassifier.load(directory)
    try:
        found = [model.logits(row.reading) for row in rows]
    finally:
        model.close()
    return {name: np.array([each[name] for each in found]) for name in COLUMNS}


def write_settings(
    out: Path,
    recipe: Recipe,
    platt: dict[str, tuple[float, float]],
    temperature: float,
    made: Mapping[str, object] | None = None,
) -> None:
    """`config.json`: see `monitor.adapters.classifier.Settings`."""
    settings = {
        "base": "all-MiniLM-L6-v2",
        "languages": ["en"],
        "input": "[CLS] source | brand: description [SEP] text [SEP]",
        "columns": list(COLUMNS),
        "max_tokens": SERVED_TOKENS,
        "max_subject": recipe.max_subject,
        "name_share": recipe.name_share,
        "stance_temperature": round(temperature, 4),
        "platt": {name: [round(a, 4), round(b, 4)] for name, (a, b) in platt.items()},
        **(made or {}),
    }
    (out / SETTINGS).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
