"""What rounding the weights to int8 costs: the largest difference of any figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from models.train.figures import MODEL
from models.train.tables import FP32
from monitor.adapters.classifier import WEIGHTS

#: What the graph before rounding is called in the working directory of a build.
FULL: Final = "model.fp32.onnx"
POINT: Final = 0.01
#: Range of a figure where it is not one: a point of severity's mean error is 0.04.
_LEVELS: Final = {"mean_error": 4.0}


@contextmanager
def unrounded(directory: Path, full: Path) -> Iterator[Path]:
    """A model directory like `directory`, calibration included, with the fp32 graph of `full`.

    `full` is the graph or the directory of a build that holds it.
    """
    graph = full / FULL if full.is_dir() else full
    with TemporaryDirectory() as made:
        for path in directory.iterdir():
            if path.name != WEIGHTS:
                (Path(made) / path.name).symlink_to(path.resolve())
        (Path(made) / WEIGHTS).symlink_to(graph.resolve(strict=True))
        yield Path(made)


def cost(splits: Mapping[str, Any]) -> dict[str, Any]:
    """The figure that differs most between int8 and fp32, and how many differ by over a point."""
    found = [
        {"split": split, "head": head, "figure": figure, "difference": round(difference, 4)}
        for split, measured in splits.items()
        for head, each in measured["heads"].items()
        for figure, difference in _differences(each["systems"])
    ]
    beyond = sum(abs(each["difference"]) > POINT for each in found)
    worst = max(found, key=lambda each: abs(each["difference"]), default={})
    return {"figures": len(found), "beyond_a_point": beyond, "worst": worst}


def _differences(systems: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """int8 minus fp32."""
    for figure, full in systems.get(FP32, {}).items():
        difference = systems[MODEL][figure]["value"] - full["value"]
        yield figure, difference / _LEVELS.get(figure, 1.0)
