"""The vector of a text beside its scores: a second output of a graph that was exported.

    python -m models.train.vectors DIRECTORY ...

names it in `model.onnx` of model directories. It is the mean over the text's own tokens of the
last hidden states, which the heads are given anyway (see `network`): no weight changes, nothing
is computed twice, and the scores stay the same to the last bit. Trains nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import onnx
from onnx import GraphProto, ModelProto, TensorProto, helper

from monitor.adapters.classifier import VECTOR, WEIGHTS
from monitor.errors import ModelError


def main(arguments: Sequence[str] | None = None) -> None:
    """Change model directories in place."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train.vectors",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("directories", type=Path, nargs="+", metavar="DIRECTORY")
    for directory in parser.parse_args(arguments).directories:
        name_vector(directory / WEIGHTS)


def name_vector(path: Path) -> None:
    """Give the graph in a file its second output. `ModelError` if it pools nothing."""
    model = onnx.load(path)
    try:
        changed = with_vector(model)
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error
    if changed:
        onnx.save(model, path)


def with_vector(model: ModelProto) -> bool:
    """Add the output, in place; False if it was there. `ValueError` if no such mean is found."""
    graph = model.graph
    if any(output.name == VECTOR for output in graph.output):
        return False
    graph.node.append(helper.make_node("Identity", [_text_mean(graph)], [VECTOR], name=VECTOR))
    graph.output.append(helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [1, "width"]))
    return True


def _text_mean(graph: GraphProto) -> str:
    """The second of the two means that are put side by side for the heads: that of the text."""
    maker = {name: node.op_type for node in graph.node for name in node.output}
    found: list[str] = [
        node.input[1]
        for node in graph.node
        if node.op_type == "Concat" and [maker.get(name) for name in node.input] == ["Div", "Div"]
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} places where two means are put side by side, not one")
    return found[0]


if __name__ == "__main__":
    main()
